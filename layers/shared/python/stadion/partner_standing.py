"""How a partner stands with us, in one item that every request of the partner API looks at: its keys and abilities.

It lies beside those of athletes (`stadion.standing`). `partners` writes it in the transaction that changes the partner,
so that whoever is disabled, or lost a key or an ability, is refused by every service with the next request. The look
counts that request (`stadion.counting`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from pydantic import Field

from stadion import counting
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import ForbiddenError
from stadion.events.partners import PartnerAbility
from stadion.i18n import Text
from stadion.rates import WINDOW_S, Limit, Rate
from stadion.records import Records
from stadion.settings import settings
from stadion.standing import StandingItem
from stadion.values import Value

USUAL: Final = 50
"""Requests a second, of a plan that the function does not know."""


class ApiKeyInvalidError(ForbiddenError):
    """What API Gateway says of a key that it does not know."""

    code = "api_key_is_invalid"
    title = Text(en="API key is not valid", ru="Недействительный ключ API")
    explanation = Text(en="This takes a valid API key as x-api-key.", ru="Нужен действующий ключ API в x-api-key.")


class PartnerDisabledError(ForbiddenError):
    code = "partner_is_disabled"
    title = Text(en="Disabled", ru="Доступ отключён")
    explanation = Text(en="This partner has been disabled.", ru="Доступ этого партнёра отключён.")


class AbilityMissingError(ForbiddenError):
    code = "partner_may_not"
    title = Text(en="Not agreed", ru="Не предусмотрено")
    explanation = Text(
        en="This partner was not given the ability '{ability}'.", ru="Партнёру не дано право '{ability}'."
    )


class PartnerStands(Value):
    """`keys`: id at API Gateway -> when it opens no more, in seconds since 1970; null while it is current."""

    is_disabled: bool = False
    plan: str = ""
    may: list[PartnerAbility] = Field(default_factory=list)
    keys: dict[str, float | None] = Field(default_factory=dict)

    def check(self, key_id: str, abilities: Collection[PartnerAbility], now: datetime) -> None:
        """Any one of the abilities is enough, and none need be asked for."""
        if key_id not in self.keys or not self._holds(self.keys[key_id], now):
            raise ApiKeyInvalidError
        if self.is_disabled:
            raise PartnerDisabledError
        if abilities and not set(abilities) & set(self.may):
            raise AbilityMissingError(ability=" / ".join(abilities))

    @staticmethod
    def _holds(retires_s: float | None, now: datetime) -> bool:
        return retires_s is None or now.timestamp() < retires_s


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


def admit(partner_id: str, key_id: str, abilities: Collection[PartnerAbility], now: datetime) -> Rate | None:
    """`ApiKeyInvalidError`, `PartnerDisabledError`, `AbilityMissingError`, or `TooFastError` when too many came; None
    when the request could not be counted."""
    place = STANDINGS.at(partner_id)
    found = counting.look(StandingItem, place.pk, place.sk, _limit, now)
    stands = _load(found.item) if found.item is not None else PartnerStands()
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
