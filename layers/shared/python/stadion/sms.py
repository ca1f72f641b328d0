"""Texts for SMS: how many parts they have, and what stands in them.

GSM 03.38 (3GPP TS 23.038): 160 characters alone and 153 in each of several parts, those of the extension table count
twice; with any other character UTF-16, 70 units alone and 67 in each of several. No character is split between parts.
"""

import re
from collections.abc import Callable
from typing import Final

from stadion.i18n import Language, Text

MOST_PARTS: Final = 4
"""Each is paid for."""
MOST_OF_A_WAY_OUT: Final = 150
"""Characters of the link that ends them."""
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_LINK_AT_THE_END: Final = re.compile(r"https?:\S*$", re.IGNORECASE)
_STOP: Final = Text(en="Stop: {link}", ru="Отписаться: {link}")


def parts(text: str) -> int:
    if _is_gsm(text):
        return _parts([2 if character in _EXTENSION else 1 for character in text], alone=160, each=153)
    return _parts([2 if ord(character) > 0xFFFF else 1 for character in text], alone=70, each=67)


def composed(title: str, body: str, language: Language, *, way_out: str | None) -> str:
    lines = [title, body, *([_STOP.say(language, link=way_out)] if way_out is not None else [])]
    return "\n".join(line.strip() for line in lines if line.strip())


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """As many of its words as fit, and dots for the others; nothing when not even a few letters do. A link stays whole,
    and the dots do not lengthen it."""
    if fits(text):
        return text
    dots = "..." if _is_gsm(text) else "…"  # the one character would halve what fits into a part
    ends = [found.start() for found in re.finditer(r"\s+", text)]
    first = min(ends, default=len(text))
    inside = [] if _LINK_AT_THE_END.search(text[:first]) else range(first - 1, 2, -1)
    for end in [*reversed(ends), *inside]:
        kept = _without_marks(text[:end])
        found = kept + (f" {dots}" if _LINK_AT_THE_END.search(kept) else dots)
        if kept and fits(found):
            return found
    return ""


def _without_marks(text: str) -> str:
    """Those behind the last word; what ends a link is a part of it."""
    text = text.rstrip()
    return text if _LINK_AT_THE_END.search(text) else text.rstrip(" \n\t,;:–—-.")


def _is_gsm(text: str) -> bool:
    return all(character in _BASIC or character in _EXTENSION for character in text)


def _parts(sizes: list[int], *, alone: int, each: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, room = 1, each
    for size in sizes:
        if size > room:
            count, room = count + 1, each
        room -= size
    return count
