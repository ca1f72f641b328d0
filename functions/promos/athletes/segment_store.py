"""Segments in the promos table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from promos.errors import SegmentNotFoundError, TooManySegmentsError
from promos.targeting import Segments, TargetingRule
from stadion import clock, limits
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import StaleVersionError
from stadion.limits import Guard
from stadion.records import Records
from stadion.values import Value

MAX_SEGMENTS = 200


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
COUNTED = Records(Guard, kind="counted", pk="COUNTED", sk="SEGMENTS")
"""Replaced with every segment that is added, so that their limit holds."""


def everything() -> dict[str, Segment]:
    """All of them, in one query: rules may name any."""
    return {segment.name: segment for segment in SEGMENTS.every()}


def rules() -> Segments:
    """What rules may ask of them."""
    return {name: segment.rule for name, segment in everything().items()}


def get(name: str) -> Segment:
    return SEGMENTS.get(name)


def put(old: Segment | None, new: Segment, now: datetime) -> None:
    if old is None:
        limits.add(COUNTED.at(), lambda: _room_for(new), now)
        return
    with Change(None, now) as change:
        change.replace(SEGMENTS.seen(old), new, refused=StaleVersionError)


def _room_for(new: Segment) -> Callable[[Change], None]:
    if len(everything()) >= MAX_SEGMENTS:
        raise TooManySegmentsError(most=MAX_SEGMENTS)
    return lambda change: change.replace(SEGMENTS.of(new).nothing(), new, refused=StaleVersionError)


def remove(old: Segment, now: datetime) -> None:
    with Change(None, now) as change:
        change.delete(SEGMENTS.seen(old), refused=StaleVersionError)
