"""Whom partners mean by their ids, as the partners service told."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime

from stadion import writes
from stadion.events.partners import PartnerLinkChanged
from stadion.partner_athletes import AthleteNotLinkedError
from stadion.records import Records
from stadion.values import Value


class PartnerLink(Value):
    """Of an ended link the id stays known, and whose it was does not."""

    user_id: str | None
    ended_at: AwareDatetime | None = None
    revision: int


LINKS = Records(
    PartnerLink,
    kind="partner_link",
    pk="LINK#{partner_id}#{athlete_id}",
    sk="LINK",
    own_revision=True,
    nulls=True,
    kept_for=timedelta(days=800),
    kept_since="ended_at",
)
"""`on_partner_links`, by its revision; the till."""


def keep(user_id: str, event: PartnerLinkChanged, now: datetime) -> bool:
    """The newer revision wins. Whether it is news."""
    seen = LINKS.read(event.partner_id, event.athlete_id)
    if seen.revision is not None and seen.revision >= event.revision:
        return False
    ended_at = None if event.is_linked else event.changed_at
    link = PartnerLink(user_id=user_id if event.is_linked else None, ended_at=ended_at, revision=event.revision)
    writes.replace(seen, link, now)
    return True


def athlete_of(partner_id: str, athlete_id: str) -> str | None:
    """None when the athlete has ended the link. Raises `AthleteNotLinkedError` for what the partner was never given."""
    link = LINKS.find(partner_id, athlete_id)
    if link is None:
        raise AthleteNotLinkedError(pointer="#/athlete_id")
    return link.user_id
