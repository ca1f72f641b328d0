"""Where an entry stands, as a text: best first, and among equals who got there first. Pure.

A key is digits of 64, in the order of ASCII: the octave of the score, then the rest of the score (so many digits as all
scores of its octave have: a prefix code), then the time as a fraction of the period, `#` and the athlete. So that all
digits spread, and whoever counts by a beginning counts a range of scores, one score, or a part of one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gamification.boards.domain import Period, PeriodKind

DIGITS: Final = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
END_OF_DIGITS: Final = "~"
"""Sorts after every digit."""
BITS: Final = 6
OCTAVES: Final = 40
MOST: Final = 2**OCTAVES - 1
"""Scores are from 1 to this: metres to Neptune's orbit, half way."""
TIME_DIGITS: Final = 7
MOMENTS: Final = 64**TIME_DIGITS
IN_TIME: Final = MOMENTS // 64 * 63
"""The last of 64 parts is for what moves a period that is over."""
MILLISECOND: Final = timedelta(milliseconds=1)
VALUES: Final = {digit: value for value, digit in enumerate(DIGITS)}


@dataclass(frozen=True)
class Ordered:
    """What a key says."""

    score: int
    reached: datetime
    user_id: str


def key_of(score: int, reached: datetime, period: Period, user_id: str) -> str:
    return f"{score_part(score)}{_digits(_fraction(reached, period), TIME_DIGITS)}#{user_id}"


def score_part(score: int) -> str:
    """All keys of this score begin with it, and no others."""
    if not 0 < score <= MOST:
        raise ValueError(f"{score} is no score")
    below = score.bit_length() - 1
    digits = -(-below // BITS)
    rest = (1 << below) - 1 - (score - (1 << below))  # complemented: the best first
    return DIGITS[OCTAVES - 1 - below] + _digits(rest << (digits * BITS - below), digits)


def score_digits(key: str) -> int:
    """How many digits the score has in the key."""
    below = OCTAVES - 1 - VALUES[key[0]]
    return 1 - (-below // BITS)


def read(key: str, period: Period) -> Ordered:
    digits, _, user_id = key.partition("#")
    count = score_digits(digits)
    below = OCTAVES - 1 - VALUES[digits[0]]
    rest = _value(digits[1:count]) >> ((count - 1) * BITS - below)
    score = (1 << below) + (1 << below) - 1 - rest
    return Ordered(score, _moment(_value(digits[count:]), period), user_id)


def _fraction(reached: datetime, period: Period) -> int:
    if period.kind is PeriodKind.EVER or reached < period.end:
        return _share(reached - period.start, period.end - period.start, IN_TIME)
    until = period.kept_until or period.end
    return IN_TIME + _share(reached - period.end, until - period.end, MOMENTS - IN_TIME)


def _share(passed: timedelta, whole: timedelta, parts: int) -> int:
    return min(max(0, passed // MILLISECOND * parts // (whole // MILLISECOND)), parts - 1)


def _moment(fraction: int, period: Period) -> datetime:
    if fraction < IN_TIME:
        return period.start + _passed(fraction, period.end - period.start, IN_TIME)
    until = period.kept_until or period.end
    return period.end + _passed(fraction - IN_TIME, until - period.end, MOMENTS - IN_TIME)


def _passed(share: int, whole: timedelta, parts: int) -> timedelta:
    return -(-share * (whole // MILLISECOND) // parts) * MILLISECOND


def _digits(value: int, count: int) -> str:
    return "".join(DIGITS[value >> (BITS * place) & 63] for place in reversed(range(count)))


def _value(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value << BITS | VALUES[digit]
    return value
