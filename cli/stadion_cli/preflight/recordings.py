"""A ride that nobody rode, as a GPX file of a point a second."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final

HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Stadion preflight" '
    'xmlns="http://www.topografix.com/GPX/1/1">\n<trk><name>Preflight</name><type>running</type><trkseg>\n'
)
TAIL: Final = "</trkseg></trk></gpx>\n"
STEP_DEG: Final = 0.000027
"""Three metres."""
BEFORE: Final = timedelta(days=2)


def gpx(points: int) -> bytes:
    started = datetime.now(UTC).replace(microsecond=0) - BEFORE
    return (HEAD + "".join(_point(number, started) for number in range(points)) + TAIL).encode()


def _point(number: int, started: datetime) -> str:
    latitude = 50 + STEP_DEG * number % 0.5
    longitude = 30 + 0.002 * math.sin(number / 200)
    at = (started + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
    return (
        f'<trkpt lat="{latitude:.6f}" lon="{longitude:.6f}"><ele>{100 + number % 50}</ele><time>{at}</time></trkpt>\n'
    )


def png() -> bytes:
    """A red point."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\xff\0\0" * 64) * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
