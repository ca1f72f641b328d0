"""Streaming decompression that stops at a size and at a ratio, before the memory is spent."""

import zlib

from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import MAX_BYTES, MAX_GZIP_RATIO, MIB

MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31


def gunzipped(data: bytes) -> bytes:
    chunks: list[bytes] = []
    size, rest = 0, data
    while rest.startswith(MAGIC):
        member = zlib.decompressobj(_GZIP_WINDOW)
        while not member.eof:
            chunk = _next_chunk(member, rest)
            rest = member.unconsumed_tail
            size += len(chunk)
            _refuse_a_bomb(size, len(data))
            chunks.append(chunk)
        rest = member.unused_data
    return b"".join(chunks)


def _next_chunk(member: "zlib._Decompress", rest: bytes) -> bytes:
    try:
        chunk = member.decompress(rest, MIB)
    except zlib.error as error:
        raise RecordingError("bad_gzip") from error
    if not chunk and not member.eof and not member.unconsumed_tail:
        raise RecordingError("bad_gzip")
    return chunk


def _refuse_a_bomb(size: int, compressed_size: int) -> None:
    if size > MAX_BYTES:
        raise RecordingError("too_large", mib=MAX_BYTES // MIB)
    if size > MIB and size > MAX_GZIP_RATIO * compressed_size:
        raise RecordingError("gzip_bomb")
