"""Partners in the partners table. Their keys stand in README.md."""

from collections.abc import Callable
from datetime import datetime

from partners.domain import Partner, ShownPartner
from partners.errors import PartnerIdTakenError, PartnerNotFoundError
from stadion import pagination, partner_standing
from stadion.change import Change
from stadion.events.partners import PartnerChanged
from stadion.records import Records
from stadion.retry import retry_on_conflict

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

SHOWN = Records(ShownPartner, kind="shown_partner", pk="SHOWN#{partner_id}", sk="SHOWN")
"""With the partner, in one transaction; athletes' links. What serves athletes may read no secret of a partner's."""


def get(partner_id: str) -> Partner:
    return PARTNERS.get(partner_id)


def shown(*partner_ids: str) -> dict[str, ShownPartner]:
    """Those that are there, in one request."""
    return {partner.partner_id: partner for partner in SHOWN.some((one,) for one in partner_ids)}


def page(*, limit: int, cursor: str | None) -> pagination.Page[Partner]:
    return PARTNERS.page(scope=("partners",), limit=limit, cursor=cursor)


def all_partners() -> list[Partner]:
    return list(PARTNERS.every())


def add(partner: Partner, now: datetime) -> None:
    with Change(None, now) as change:
        change.put(PARTNERS, partner, refused=PartnerIdTakenError)
        _tell(change, partner)


def change(partner_id: str, how: Callable[[Partner], Partner], now: datetime) -> Partner:
    """What `how` makes of the partner as it is stored; tried again when somebody comes between."""

    def once() -> Partner:
        stored, old = PARTNERS.existing(partner_id)
        new = how(old)
        if new != old:
            with Change(None, now) as change:
                change.replace(stored, new)
                _tell(change, new)
        return new

    return retry_on_conflict(once)


def _tell(change: Change, partner: Partner) -> None:
    """Every service, in the same step: at its door, and for what it keeps of partners."""
    shown = partner.shown()
    change.put(SHOWN, shown, new=False)
    partner_standing.keep(partner.partner_id, partner.stands(), change=change)
    change.publish(
        PartnerChanged(
            partner_id=partner.partner_id,
            revision=partner.revision,
            is_disabled=shown.is_disabled,
            may=list(partner.may),
            hosts=list(partner.hosts),
        )
    )
