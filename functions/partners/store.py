"""Partners in the partners table. Their keys stand in README.md."""

from collections.abc import Callable
from datetime import datetime

from partners.domain import Partner
from partners.errors import PartnerIdTakenError, PartnerNotFoundError
from stadion import pagination
from stadion.change import Change, revise
from stadion.records import Records

PARTNERS = Records(
    Partner,
    kind="partner",
    pk="PARTNERS",
    sk="PARTNER#{partner_id}",
    own_revision=True,
    nulls=True,
    missing=PartnerNotFoundError,
)
"""Abilities, key ids, signing secrets: admins, on its revision; every request (one get). One partition: there are
tens of them, not thousands."""


def get(partner_id: str) -> Partner:
    return PARTNERS.get(partner_id)


def page(*, limit: int, cursor: str | None) -> pagination.Page[Partner]:
    return PARTNERS.page(scope=("partners",), limit=limit, cursor=cursor)


def all_partners() -> list[Partner]:
    return list(PARTNERS.every())


def add(partner: Partner, now: datetime) -> None:
    with Change(None, now) as change:
        change.put(PARTNERS, partner, refused=PartnerIdTakenError)


def change(partner_id: str, how: Callable[[Partner], Partner], now: datetime) -> Partner:
    """What `how` makes of the partner as it is stored; tried again when somebody comes between."""
    return revise(PARTNERS.at(partner_id), how, now)
