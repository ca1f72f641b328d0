"""When codes were issued, as promos told: an order that was completed before that cannot have used them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from stadion import codes, writes
from stadion.events.promos import PromoIssued
from stadion.records import Records
from stadion.values import Value

KEPT_FOR = timedelta(days=400)
"""After they have expired: as long as promos keep them."""


class IssuedCode(Value):
    key: str
    partners: list[str] = Field(default_factory=list)
    """Whom the promo names; empty: anybody."""
    issued_at: AwareDatetime
    expires_at: AwareDatetime


CODES = Records(IssuedCode, kind="issued_code", pk="CODE#{key}", sk="CODE", kept_for=KEPT_FOR, kept_since="expires_at")
"""Personal codes: `on_promos`; webhooks."""


def note(event: PromoIssued, issued_at: datetime, now: datetime) -> None:
    """Safe to repeat: a personal code is issued once."""
    issued = IssuedCode(
        key=codes.key(event.code), partners=event.partners, issued_at=issued_at, expires_at=event.expires_at
    )
    writes.put(CODES.at(issued.key), issued, now)


def issued_at(partner_id: str, typed: Iterable[str]) -> dict[str, datetime]:
    """Of those that we heard of, by their keys; of codes that are none of the partner's it learns nothing."""
    wanted = {codes.key(code) for code in typed} - {""}
    found = CODES.some((key,) for key in wanted) if wanted else []
    return {one.key: one.issued_at for one in found if not one.partners or partner_id in one.partners}
