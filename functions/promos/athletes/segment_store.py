"""Segments in the promos table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from promos.errors import SegmentNotFoundError, TooManySegmentsError
from promos.targeting import Segments, TargetingRule
from stadion import clock
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import StaleVersionError
from stadion.records import Records, Stored
from stadion.retry import retry_on_conflict
from stadion.values import Value

MAX_SEGMENTS = 200
RECENT = 50
"""Who began to ask, as long as an index may not know of them."""


class Segment(Value):
    name: str
    revision: int
    rule: TargetingRule
    description: str | None
    updated_at: AwareDatetime

    def body(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rule": self.rule.stored(),
            "description": self.description,
            "updated_at": clock.rfc3339(self.updated_at),
        }


def _segment(item: Item) -> Segment:
    return Segment(**item.body, revision=int(item.revision))


SEGMENTS = Records(
    Segment,
    kind="segment",
    pk="SEGMENTS",
    sk="SEGMENT#{name}",
    own_revision=True,
    dump=Segment.body,
    load=_segment,
    missing=SegmentNotFoundError,
)
"""200 at most: admins, on the revision; rules, in one query."""


class Asked(Value):
    """Of segments: who began to ask for some, the newest last."""

    recent: list[str] = Field(default_factory=list)


COUNTED = Records(Asked, kind="counted", pk="COUNTED", sk="SEGMENTS")
"""Replaced with every change of a segment, and by promos and campaigns that begin to ask for some: what each of them
read of the others holds, and so does their limit in number."""


def everything() -> dict[str, Segment]:
    """All of them, in one query: rules may name any."""
    return {segment.name: segment for segment in SEGMENTS.every()}


def rules() -> Segments:
    """What rules may ask of them."""
    return {name: segment.rule for name, segment in everything().items()}


def get(name: str) -> Segment:
    return SEGMENTS.get(name)


def asked() -> Stored[Asked]:
    """Read before the segments, and replaced with what was made of them: `note`."""
    return COUNTED.read()


def note(change: Change, seen: Stored[Asked], *users: str) -> None:
    """`WriteConflictError` when a segment changed since, or somebody else began to ask: look again."""
    known = seen.value.recent if seen.value is not None else []
    recent = [*(user for user in known if user not in users), *users]
    change.replace(seen, Asked(recent=recent[-RECENT:]))


def put(old: Segment | None, new: Segment, verify: Callable[[Segments], None], now: datetime) -> None:
    """`verify` raises when the segment cannot stand among the others."""

    def once() -> None:
        seen = asked()
        others = rules()
        verify(others)
        if old is None and len(others) >= MAX_SEGMENTS:
            raise TooManySegmentsError(most=MAX_SEGMENTS)
        with Change(None, now) as change:
            note(change, seen)
            before = SEGMENTS.seen(old) if old is not None else SEGMENTS.of(new).nothing()
            change.replace(before, new, refused=StaleVersionError)

    retry_on_conflict(once)


def remove(old: Segment, verify: Callable[[Asked], None], now: datetime) -> None:
    """`verify` raises when somebody asks for it."""

    def once() -> None:
        seen = asked()
        verify(seen.value or Asked())
        with Change(None, now) as change:
            note(change, seen)
            change.delete(SEGMENTS.seen(old), refused=StaleVersionError)

    retry_on_conflict(once)
