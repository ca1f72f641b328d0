"""Google's encoded polyline, precision 5, and the simplification that makes one short."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from workouts.recordings.recording import Floats

MAX_POINTS = 300
_CANDIDATES = 2_000
_TOLERANCE_M = 5.0
_METRES_PER_DEGREE = 111_195.0


def encoded(points: Iterable[tuple[float, float]]) -> str:
    """`points` are (latitude, longitude) in degrees."""
    text: list[str] = []
    before = (0, 0)
    for lat, lon in points:
        here = (round(lat * 1e5), round(lon * 1e5))
        text += (_encoded_number(new - old) for new, old in zip(here, before, strict=True))
        before = here
    return "".join(text)


def _encoded_number(value: int) -> str:
    bits = ~(value << 1) if value < 0 else value << 1
    text = ""
    while bits >= 0x20:
        text += chr((0x20 | (bits & 0x1F)) + 63)
        bits >>= 5
    return text + chr(bits + 63)


def decoded(text: str) -> list[tuple[float, float]]:
    numbers: list[int] = []
    bits = shift = 0
    for letter in text:
        chunk = ord(letter) - 63
        bits |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            numbers.append(~(bits >> 1) if bits & 1 else bits >> 1)
            bits = shift = 0
    lats, lons = np.cumsum(numbers[::2]), np.cumsum(numbers[1::2])
    return [(lat / 1e5, lon / 1e5) for lat, lon in zip(lats.tolist(), lons.tolist(), strict=True)]


def summary(lat: Floats, lon: Floats) -> str:
    """The positions of a whole workout in a few hundred points."""
    known = np.flatnonzero(~np.isnan(lat))
    if len(known) > _CANDIDATES:
        known = known[np.linspace(0, len(known) - 1, _CANDIDATES).astype(np.int64)]
    if not len(known):
        return ""
    x = lon[known] * np.cos(np.radians(lat[known].mean())) * _METRES_PER_DEGREE
    y = lat[known] * _METRES_PER_DEGREE
    kept = known[_most_telling(x, y)]
    return encoded(zip(lat[kept].tolist(), lon[kept].tolist(), strict=True))


def _most_telling(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Douglas and Peucker 1973, with the tolerance doubled until few enough points are left."""
    kept, tolerance = np.arange(len(x)), _TOLERANCE_M
    while True:
        kept = kept[_simplified(x[kept], y[kept], tolerance)]
        if len(kept) <= MAX_POINTS:
            return kept
        tolerance *= 2


def _simplified(x: Floats, y: Floats, tolerance_m: float) -> NDArray[np.int64]:
    keep = np.zeros(len(x), dtype=bool)
    keep[[0, -1]] = True
    stretches = [(0, len(x) - 1)]
    while stretches:
        first, last = stretches.pop()
        if last - first < 2:
            continue
        distances = _off_the_line(x[first : last + 1], y[first : last + 1])
        farthest = int(np.argmax(distances))
        if distances[farthest] > tolerance_m:
            keep[first + farthest] = True
            stretches += [(first, first + farthest), (first + farthest, last)]
    return np.flatnonzero(keep)


def _off_the_line(x: Floats, y: Floats) -> Floats:
    dx, dy = x[-1] - x[0], y[-1] - y[0]
    length = float(np.hypot(dx, dy))
    if length == 0:
        return np.asarray(np.hypot(x - x[0], y - y[0]))
    return np.asarray(np.abs(dx * (y - y[0]) - dy * (x - x[0])) / length)
