"""Keeps the copy of what rules ask of gear: category, brand, how worn, whether retired."""

from promos.athletes import store as athletes
from promos.facts import Piece
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.inventory import GearAdded, GearRetired, GearWearReached
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(GearAdded, GearWearReached, GearRetired)
def know_gear(envelope: Envelope[GearAdded | GearWearReached | GearRetired]) -> Consumed:
    event = envelope.data
    if isinstance(event, GearWearReached) and event.component_id is not None:
        return Consumed("of a component")
    changed = retry_on_conflict(lambda: athletes.know_piece(envelope.user_id, _piece(event), clock.now()))
    return Consumed("kept" if changed else "known")


def _piece(event: GearAdded | GearWearReached | GearRetired) -> Piece:
    if isinstance(event, GearAdded):
        return Piece(gear_id=event.gear_id, category=event.category, brand=event.brand, model=event.model)
    if isinstance(event, GearRetired):
        return Piece(gear_id=event.gear_id, category=event.category, retired=True)
    return Piece(gear_id=event.gear_id, category=event.category, worn_percent=event.threshold_percent)
