"""Bounds on what one upload may cost us; docs/decisions/0004-decoding.md says where the numbers come from."""

MIB = 1024 * 1024

MAX_BYTES = 128 * MIB  # after decompression
MAX_FIT_BYTES = 32 * MIB
MAX_FIT_FIELDS = 10_000_000  # the decoder keeps every field of the file in memory at once, in about 45 bytes
MAX_FIT_SUMMARIES = 20_000  # laps, events and sessions, which become Python objects
MAX_FIT_CHANGES = 10_000  # bytes of one file that the decoder would not take as they are
MAX_POINTS = 1_000_000
MAX_LAPS = 10_000
MAX_RECORDINGS = 64
MAX_DEPTH = 64
MAX_TEXT = 64 * 1024
MAX_GZIP_RATIO = 250
MAX_DAYS = 31
EARLIEST_YEAR = 2000
LATEST_YEAR = 2200
