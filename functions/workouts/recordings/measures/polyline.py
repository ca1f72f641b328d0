"""Google's encoded polyline, precision 5, and the simplification that makes one short.

A summary is within 5 m of the way, a detailed one within 1 m, unless that would take more points than it may have:
300 and 3 000 (some 20 KB).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from workouts.recordings.recording import Floats


@dataclass(frozen=True, slots=True)
class _Detail:
    max_points: int
    tolerance_m: float
    candidates: int
    """Positions that are looked at, evenly taken from all."""


MAX_POINTS, MAX_DETAILED_POINTS = 300, 3_000
_SUMMARY = _Detail(MAX_POINTS, 5.0, 2_000)
_DETAILED = _Detail(MAX_DETAILED_POINTS, 1.0, 20_000)
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
    return _simplified(lat, lon, _SUMMARY)


def detailed(lat: Floats, lon: Floats) -> str:
    """The same in a few thousand: as a map shows them close up."""
    return _simplified(lat, lon, _DETAILED)


def _simplified(lat: Floats, lon: Floats, detail: _Detail) -> str:
    known = np.flatnonzero(~np.isnan(lat))
    if len(known) > detail.candidates:
        known = known[np.linspace(0, len(known) - 1, detail.candidates).astype(np.int64)]
    if not len(known):
        return ""
    x = np.unwrap(lon[known], period=360.0) * np.cos(np.radians(lat[known].mean())) * _METRES_PER_DEGREE
    y = lat[known] * _METRES_PER_DEGREE
    kept = known[_most_telling(x, y, detail)]
    return encoded(zip(lat[kept].tolist(), lon[kept].tolist(), strict=True))


def _most_telling(x: Floats, y: Floats, detail: _Detail) -> NDArray[np.int64]:
    """Douglas and Peucker 1973, the worst stretch first, until it is good enough or there are points enough."""
    kept = {0, len(x) - 1}
    stretches: list[tuple[float, int, int, int]] = []

    def worst_of(first: int, last: int) -> None:
        if last - first > 1:
            distances = _off_the_line(x[first : last + 1], y[first : last + 1])
            farthest = int(distances.argmax())
            heappush(stretches, (-float(distances[farthest]), first, first + farthest, last))

    worst_of(0, len(x) - 1)
    while stretches and len(kept) < detail.max_points:
        missed_m, first, farthest, last = heappop(stretches)
        if -missed_m <= detail.tolerance_m:
            break
        kept.add(farthest)
        worst_of(first, farthest)
        worst_of(farthest, last)
    return np.array(sorted(kept))


def _off_the_line(x: Floats, y: Floats) -> Floats:
    dx, dy = x[-1] - x[0], y[-1] - y[0]
    length = float(np.hypot(dx, dy))
    if length == 0:
        return np.asarray(np.hypot(x - x[0], y - y[0]))
    return np.asarray(np.abs(dx * (y - y[0]) - dy * (x - x[0])) / length)
