"""Rules and values of partners: who they are, and which of their keys and secrets hold at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import AwareDatetime, Field

from partners.errors import RotationOpenError
from stadion.events.partners import PartnerAbility
from stadion.events.promos import PromoIssued, PromoRedeemed, PromoReversed
from stadion.partner_rights import PartnerStands
from stadion.values import Value

MAX_VALID = 2
LINKING = frozenset({PartnerAbility.ORDERS, PartnerAbility.CODES})
"""Any of them links athletes."""


class PartnerStanding(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class Rotated(Value):
    """Holds until `retires_at`; the current one has none."""

    created_at: AwareDatetime
    retires_at: AwareDatetime | None = None

    def holds_at(self, now: datetime) -> bool:
        return self.retires_at is None or now < self.retires_at


class ApiKey(Rotated):
    """API Gateway has its value; we keep its id only."""

    key_id: str


class Secret(Rotated):
    secret_id: str
    value: str = Field(repr=False)


R = TypeVar("R", bound=Rotated)


def holding(things: Sequence[R], now: datetime) -> list[R]:
    return [thing for thing in things if thing.holds_at(now)]


def check_none_open(things: Sequence[Rotated], now: datetime) -> None:
    """`RotationOpenError` when something that was rotated out still holds."""
    if len(holding(things, now)) >= MAX_VALID:
        raise RotationOpenError


def rotated(things: Sequence[R], new: R, now: datetime, grace: timedelta) -> list[R]:
    """The new one is current; what was current holds for the grace. What does not hold any more is gone."""
    check_none_open(things, now)
    kept = holding(things, now)
    return [new, *(thing.model_copy(update={"retires_at": thing.retires_at or now + grace}) for thing in kept)]


class Partner(Value):
    partner_id: str
    name: str
    status: PartnerStanding = PartnerStanding.ACTIVE
    plan: str
    may: list[PartnerAbility]
    hosts: list[str] = Field(default_factory=list, description="that the links of its products may lead to")
    keys: list[ApiKey] = Field(default_factory=list)
    secrets: list[Secret] = Field(default_factory=list, description="that the partner signs its webhooks with")
    revision: int = 1
    created_at: AwareDatetime
    updated_at: AwareDatetime

    def changed(self, now: datetime, **fields: Any) -> "Partner":
        return self.model_copy(update={**fields, "revision": self.revision + 1, "updated_at": now})

    def stands(self) -> PartnerStands:
        """What every request of the partner API looks at."""
        return PartnerStands(
            is_disabled=self.status is PartnerStanding.DISABLED,
            plan=self.plan,
            may=self.may,
            keys={key.key_id: key.retires_at and key.retires_at.timestamp() for key in self.keys},
        )

    def shown(self) -> "ShownPartner":
        return ShownPartner(
            partner_id=self.partner_id,
            name=self.name,
            is_disabled=self.status is PartnerStanding.DISABLED,
            is_linkable=bool(LINKING & set(self.may)),
        )

    @property
    def hears_of_codes(self) -> bool:
        return self.status is PartnerStanding.ACTIVE and PartnerAbility.CODES in self.may

    def is_concerned_by(self, event: PromoIssued | PromoRedeemed | PromoReversed) -> bool:
        """A code at its issue concerns those who may redeem it, and its use whose order it is."""
        if not self.hears_of_codes:
            return False
        if isinstance(event, PromoIssued):
            return not event.partners or self.partner_id in event.partners
        return event.partner_id == self.partner_id

    def retired_keys(self, now: datetime) -> list[ApiKey]:
        return [key for key in self.keys if not key.holds_at(now)]


class ShownPartner(Value):
    """What an athlete may know of a partner."""

    partner_id: str
    name: str
    is_disabled: bool
    is_linkable: bool = True
    """Whether it could trade a token."""


@dataclass(frozen=True)
class Credentials:
    """A partner and what was made for it. The values are here this once, and never again."""

    partner: Partner
    api_key: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
