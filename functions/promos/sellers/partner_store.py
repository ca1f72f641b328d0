"""The copy of who the partners are, in the promos table: which of them a promo may name."""

from collections.abc import Collection
from datetime import datetime

from stadion.change import Change
from stadion.events.partners import PartnerAbility, PartnerChanged
from stadion.links import is_on
from stadion.records import Records
from stadion.values import Value


class Seller(Value):
    partner_id: str
    revision: int
    is_disabled: bool
    may: list[PartnerAbility]
    hosts: list[str] | None = None
    """None: nobody has told yet."""

    @property
    def redeems(self) -> bool:
        return not self.is_disabled and PartnerAbility.CODES in self.may

    def may_lead_to(self, link: str) -> bool:
        return self.hosts is None or is_on(link, self.hosts)


SELLERS = Records(Seller, kind="seller", pk="SELLERS", sk="SELLER#{partner_id}", own_revision=True)
"""The copy of the partners: `on_partner_changes`, by revision; which names a promo may have. There are tens of them."""


def know(told: PartnerChanged, now: datetime) -> bool:
    """False when what is known is as new."""
    stored = SELLERS.read(told.partner_id)
    if stored.value is not None and stored.value.revision >= told.revision:
        return False
    with Change(None, now) as change:
        change.replace(stored, Seller(**told.model_dump()))
    return True


def redeeming(named: Collection[str]) -> dict[str, Seller]:
    """Of these, or of all if none is named, the partners who may redeem codes now."""
    return {name: one for name, one in known().items() if one.redeems and (not named or name in named)}


def is_redeemed(named: Collection[str]) -> bool:
    """Whether one of these partners may redeem codes now; named nobody, it is not asked who may."""
    return not named or bool(redeeming(named))


def known() -> dict[str, Seller]:
    return {one.partner_id: one for one in SELLERS.every()}
