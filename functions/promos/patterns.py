"""Codes that people type: made by a pattern from characters that look like no other."""

import re
import secrets
from collections.abc import Callable

from stadion.codes import normal

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
"""Without 0 O, 1 I L, 2 Z, 5 S, 8 B, and without U and V, which are one another's and half of many a bad word."""
PLACE = re.compile(r"\{([0-9]{1,2})\}")
LITERAL = re.compile(r"[A-Z0-9-]*")
MIN_RANDOM = 8
"""23^8 are 7.8 * 10^10 codes: with a million of them out, one guess in 78 000 is right, and partners have quotas."""
MAX_LENGTH = 32


class PatternError(ValueError):
    """Says what is wrong with a pattern."""


def check(pattern: str) -> str:
    upper = pattern.strip().upper()
    random = sum(int(n) for n in PLACE.findall(upper))
    literal = PLACE.sub("", upper)
    if not LITERAL.fullmatch(literal):
        raise PatternError("A pattern has letters A-Z, digits, hyphens and places such as {4}.")
    if normal(sample := code_of(upper, min)) != sample:
        raise PatternError("A code begins and ends with a letter or a digit, and has no two hyphens in a row.")
    if random < MIN_RANDOM:
        raise PatternError(f"A pattern needs at least {MIN_RANDOM} random characters, such as RUN-{{4}}-{{4}}.")
    if random + len(literal) > MAX_LENGTH:
        raise PatternError(f"A code has at most {MAX_LENGTH} characters.")
    return upper


def code_of(pattern: str, choose: Callable[[str], str] = secrets.choice) -> str:
    return PLACE.sub(lambda place: "".join(choose(ALPHABET) for _ in range(int(place[1]))), pattern)
