"""When codes were issued, as promos told: an order that was completed before that cannot have used them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from stadion import codes, writes
from stadion.records import Records
from stadion.values import Value

KEPT_FOR = timedelta(days=400)
"""After they have expired: as long as promos keep them."""


class IssuedCode(Value):
    key: str
    issued_at: AwareDatetime
    expires_at: AwareDatetime


CODES = Records(IssuedCode, kind="issued_code", pk="CODE#{key}", sk="CODE", kept_for=KEPT_FOR, kept_since="expires_at")
"""Personal codes: `on_promos`; webhooks."""


def note(code: str, issued_at: datetime, expires_at: datetime, now: datetime) -> None:
    """Safe to repeat: a personal code is issued once."""
    issued = IssuedCode(key=codes.key(code), issued_at=issued_at, expires_at=expires_at)
    writes.put(CODES.at(issued.key), issued, now)


def issued_at(typed: Iterable[str]) -> dict[str, datetime]:
    """Of those that we heard of, by their keys."""
    wanted = {codes.key(code) for code in typed} - {""}
    return {one.key: one.issued_at for one in CODES.some((key,) for key in wanted)} if wanted else {}
