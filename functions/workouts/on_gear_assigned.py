"""Inventory says which default gear a workout wore: the diary shows it, and finds workouts by it."""

from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.inventory import GearAssigned
from stadion.retry import retry_on_conflict
from workouts import store

handler = Consumer()


@handler.on(GearAssigned)
def note_gear(envelope: Envelope[GearAssigned]) -> Consumed:
    event = envelope.data
    noted = retry_on_conflict(
        lambda: store.assign_gear(envelope.user_id, event.workout_id, event.revision, event.gear_ids, clock.now())
    )
    return Consumed("noted" if noted else "stale", {"gear_ids": event.gear_ids})
