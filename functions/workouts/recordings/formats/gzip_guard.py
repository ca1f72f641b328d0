"""Streaming decompression that stops at a size and at a ratio, before the memory is spent."""

import zlib

from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import MAX_BYTES, MAX_GZIP_RATIO, MIB

MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31


def gunzipped(data: bytes) -> bytes:
    """Of a file that is damaged or ends too early, what could be unpacked before."""
    chunks: list[bytes] = []
    size, rest = 0, data
    while rest.startswith(MAGIC):
        member = zlib.decompressobj(_GZIP_WINDOW)
        while not member.eof:
            chunk = _next_chunk(member, rest)
            if chunk is None:
                return _torn(chunks)
            rest = member.unconsumed_tail
            size += len(chunk)
            _refuse_a_bomb(size, len(data))
            chunks.append(chunk)
        rest = member.unused_data
    return b"".join(chunks)


def _next_chunk(member: "zlib._Decompress", rest: bytes) -> bytes | None:
    """None where it is damaged, or over before its end."""
    try:
        chunk = member.decompress(rest, MIB)
    except zlib.error:
        return None
    return chunk if chunk or member.eof or member.unconsumed_tail else None


def _torn(chunks: list[bytes]) -> bytes:
    if not any(chunks):
        raise RecordingError("bad_gzip")
    return b"".join(chunks)


def _refuse_a_bomb(size: int, compressed_size: int) -> None:
    if size > MAX_BYTES:
        raise RecordingError("too_large", mib=MAX_BYTES // MIB)
    if size > MIB and size > MAX_GZIP_RATIO * compressed_size:
        raise RecordingError("gzip_bomb")
