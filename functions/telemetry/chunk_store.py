"""Chunks of streams: the ones of a live workout grow where the diary's will be looked for. Their keys: README.md."""

from typing import Final

from pynamodb.attributes import BinaryAttribute

from stadion import writes
from stadion.dynamo import Item
from stadion.records import Records

LIVE: Final = "live"
"""Instead of the name of what is in them, when the chunks grew in the table; the last part of their claim's key."""


class ChunkItem(Item):
    data = BinaryAttribute(legacy_encoding=False, null=True)


CHUNKS = Records(
    bytes,
    kind="chunk",
    pk="CHUNKS#{user_id}#{workout_id}#{content}",
    sk="{number:05}",
    item_type=ChunkItem,
    dump=lambda _: None,
    load=lambda item: item.data,
    attributes=lambda data: {"data": data},
)
"""Of a file: a quarter of an hour each, about 6 KB, before `KEPT` names their content. Of a live workout (`live`): a
minute each, 0.7 KB at most at 1 Hz, on the revision, while the session allows it."""


def read(user_id: str, workout_id: str, content: str) -> list[bytes]:
    """All of them, a request for each megabyte: of a file some forty hours, of a live workout some fifteen."""
    return list(CHUNKS.every(user_id, workout_id, content))


def delete(user_id: str, workout_id: str, content: str) -> None:
    found = list(CHUNKS.each(user_id, workout_id, content))
    writes.delete_all(stored.place for stored in found)
