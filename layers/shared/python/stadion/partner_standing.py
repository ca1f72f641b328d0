"""How a partner stands with us, in one item that every request of the partner API looks at: its keys and abilities.

It lies beside those of athletes (`stadion.standing`). `partners` writes it in the transaction that changes the partner,
so that whoever is disabled, or lost a key or an ability, is refused by every service with the next request. The look
counts that request (`stadion.counting`).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from stadion import counting
from stadion.change import Change
from stadion.dynamo import Item
from stadion.events.partners import PartnerAbility
from stadion.partner_rights import ApiKeyInvalidError, PartnerStands
from stadion.rates import WINDOW_S, Limit, Rate
from stadion.records import Records
from stadion.settings import settings
from stadion.standing import StandingItem

USUAL: Final = 50
"""Requests a second, of a plan that the function does not know."""


def _load(item: StandingItem) -> PartnerStands:
    """An item that a count made has no body, and opens nothing."""
    return PartnerStands.model_validate(item.body or {})


STANDINGS: Final = Records(
    PartnerStands,
    kind="partner_standing",
    pk="PARTNER#{partner_id}",
    sk="STANDING",
    load=_load,
    item_type=StandingItem,
)


SHUT_FOR: Final = timedelta(minutes=1)
_SHUT: Final[counting.Memory[datetime]] = WeakKeyDictionary()
"""Until when a key is refused without being counted: the gateway takes a retired one for up to an hour, and whoever has
it must not use up what the partner may ask for."""


def admit(partner_id: str, key_id: str, abilities: Collection[PartnerAbility], now: datetime) -> Rate | None:
    """`ApiKeyInvalidError`, `PartnerDisabledError`, `AbilityMissingError`, or `TooFastError` when too many came; None
    when the request could not be counted."""
    place = STANDINGS.at(partner_id)
    shut, key = counting.remembered(_SHUT), f"{place.pk} {key_id}"
    if key in shut and now < shut[key]:
        raise ApiKeyInvalidError
    found = counting.look(StandingItem, place.pk, place.sk, _limit, now)
    stands = _load(found.item) if found.item is not None else PartnerStands()
    if not stands.opens(key_id, now):
        counting.remember(shut, key, now + SHUT_FOR)
    stands.check(key_id, abilities, now)
    found.slow_down()
    return found.rate


def _limit(item: StandingItem) -> Limit:
    """As many as the plan has of one key, for all keys together; of one partner, what on-call set instead."""
    if item.most_per_minute is not None:
        return Limit("partner", int(item.most_per_minute))
    return Limit("partner", settings().partner_rates.get(_load(item).plan, USUAL) * WINDOW_S)


def keep(partner_id: str, stands: PartnerStands, *, change: Change) -> None:
    """Beside what else is counted in the item. The change itself knows whether anybody came between."""
    body = Item.body.set(stands.model_dump(mode="json"))
    change.update(STANDINGS.at(partner_id), [body, Item.kind.set("partner_standing")])


def brake(partner_id: str, most_per_minute: int | None, *, change: Change) -> None:
    """None: as the plan says."""
    own = StandingItem.most_per_minute
    change.update(STANDINGS.at(partner_id), [own.remove() if most_per_minute is None else own.set(most_per_minute)])
