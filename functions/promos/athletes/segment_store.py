"""Segments in the promos table."""

from dataclasses import dataclass

from promos.errors import SegmentNotFoundError, TooManySegmentsError
from promos.targeting import Rule, Segments
from stadion.dynamo import Item, Transaction, absent
from stadion.errors import StaleVersionError

PARTITION = "SEGMENTS"
MOST = 200


@dataclass(frozen=True)
class Segment:
    name: str
    revision: int
    rule: Rule
    description: str | None
    updated_at: str


def everything() -> dict[str, Segment]:
    """All of them, in one query: rules may name any."""
    found = Item.query(PARTITION, Item.sk.startswith("SEGMENT#"), consistent_read=True)
    return {segment.name: segment for segment in map(_segment, found)}


def rules() -> Segments:
    """What rules may ask of them."""
    return {name: segment.rule for name, segment in everything().items()}


def get(name: str) -> Segment:
    item = Item.find(PARTITION, f"SEGMENT#{name}")
    if item is None:
        raise SegmentNotFoundError
    return _segment(item)


def put(old: Segment | None, new: Segment, *, known: int) -> None:
    if old is None and known >= MOST:
        raise TooManySegmentsError(most=MOST)
    unchanged = absent() if old is None else Item.revision == old.revision
    transaction = Transaction()
    body = {
        "name": new.name,
        "rule": new.rule.stored(),
        "description": new.description,
        "updated_at": new.updated_at,
    }
    item = Item(pk=PARTITION, sk=f"SEGMENT#{new.name}", kind="segment", revision=new.revision, body=body)
    transaction.put(item, unchanged, refused=lambda _: StaleVersionError())
    transaction.commit()


def remove(old: Segment) -> None:
    transaction = Transaction()
    item = Item(pk=PARTITION, sk=f"SEGMENT#{old.name}")
    transaction.delete(item, Item.revision == old.revision, refused=lambda _: StaleVersionError())
    transaction.commit()


def _segment(item: Item) -> Segment:
    body = item.body
    return Segment(
        body["name"], int(item.revision), Rule.model_validate(body["rule"]), body["description"], body["updated_at"]
    )
