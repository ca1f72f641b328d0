"""Icons of achievements: SVGs in one style, put together of a shape, a tint, a glyph and a mark.

Every icon is drawn by these parts alone, so that what an admin adds looks like what comes with the code.
"""

from functools import cache
from html import escape
from math import cos, pi, sin
from typing import Final

from gamification.achievements.base.values import Glyph, Icon, Shape, Tint

LIGHT_DARK: Final = {
    Tint.GREEN: ("#34d399", "#047857"),
    Tint.BLUE: ("#60a5fa", "#1d4ed8"),
    Tint.VIOLET: ("#a78bfa", "#5b21b6"),
    Tint.RED: ("#fb7185", "#be123c"),
    Tint.ORANGE: ("#fb923c", "#c2410c"),
    Tint.GOLD: ("#fbbf24", "#b45309"),
    Tint.TEAL: ("#2dd4bf", "#0f766e"),
    Tint.SLATE: ("#94a3b8", "#334155"),
}


def _around(points: int, outer: float, inner: float | None = None, *, turned: float = -pi / 2) -> str:
    """A polygon around the middle; with `inner`, a star."""
    count = points * 2 if inner is not None else points
    radii = [outer if inner is None or not number % 2 else inner for number in range(count)]
    return " ".join(
        f"{48 + radius * cos(turned + 2 * pi * number / count):.1f},"
        f"{48 + radius * sin(turned + 2 * pi * number / count):.1f}"
        for number, radius in enumerate(radii)
    )


def _shape(shape: Shape, scale: float) -> str:
    """As an element without its paint."""
    if shape is Shape.ROUND:
        return f'<circle cx="48" cy="48" r="{44 * scale:.1f}"'
    if shape is Shape.HEXAGON:
        return f'<polygon points="{_around(6, 46 * scale)}"'
    if shape is Shape.STAR:
        return f'<polygon points="{_around(12, 47 * scale, 41.5 * scale)}"'
    shield = "M48 3 C60 10 74 12 86 12 V46 C86 70 68 85 48 93 C28 85 10 70 10 46 V12 C22 12 36 10 48 3 Z"
    return f'<path transform="translate({48 * (1 - scale):.2f} {48 * (1 - scale):.2f}) scale({scale:g})" d="{shield}"'


def _rays(count: int, inner: float, outer: float, turned: float = 0.0) -> str:
    angles = [turned + 2 * pi * number / count for number in range(count)]
    return " ".join(
        f"M{20 + inner * cos(angle):.1f} {20 + inner * sin(angle):.1f}"
        f"L{20 + outer * cos(angle):.1f} {20 + outer * sin(angle):.1f}"
        for angle in angles
    )


def _petals(count: int, at: float, radius: float) -> str:
    angles = [2 * pi * number / count - pi / 2 for number in range(count)]
    return "".join(
        f'<circle cx="{20 + at * cos(angle):.1f}" cy="{16 + at * sin(angle):.1f}" r="{radius}"/>' for angle in angles
    )


def _branches() -> str:
    """Of a snowflake: six arms, each with two twigs."""
    found = []
    for number in range(6):
        angle = pi * number / 3 + pi / 6
        middle = 20 + 10 * cos(angle), 20 + 10 * sin(angle)
        found.append(f"M20 20L{20 + 16 * cos(angle):.1f} {20 + 16 * sin(angle):.1f}")
        for side in (-1, 1):
            twig = angle + side * pi / 4
            found.append(
                f"M{middle[0]:.1f} {middle[1]:.1f}L{middle[0] + 5 * cos(twig):.1f} {middle[1] + 5 * sin(twig):.1f}"
            )
    return "".join(found)


def _waves(*heights: int) -> str:
    return " ".join(f"M3 {y} q4.25 -6 8.5 0 t8.5 0 t8.5 0 t8.5 0" for y in heights)


GLYPHS: Final = {
    Glyph.SHOE: '<path d="M4 31 V15 c3 3 9 3 11 -3 l11 11 c3 2.5 10 2 10 8 Z'
    ' M4 26.5 h31 M17.5 20 l3 -3 M22 24 l3 -3"/>',
    Glyph.WHEEL: '<circle cx="20" cy="20" r="15.5"/><circle cx="20" cy="20" r="3"/>'
    f'<path d="{_rays(8, 3, 15.5)}" stroke-width="1.6"/>',
    Glyph.WAVE: f'<path d="{_waves(13, 22, 31)}"/>',
    Glyph.MOUNTAIN: '<path d="M3 33 L16 9 L23 21 L27 15.5 L37 33 Z M11.5 17.5 l4 3.5 l4.2 -4"/>',
    Glyph.SUN: f'<circle cx="20" cy="20" r="7.5"/><path d="{_rays(8, 12, 16.5)}"/>',
    Glyph.MOON: '<path d="M32 25.5 A14 14 0 1 1 15.5 7 A11.5 11.5 0 0 0 32 25.5 Z M28 7 v5 M25.5 9.5 h5"/>',
    Glyph.SNOWFLAKE: f'<path d="{_branches()}"/>',
    Glyph.LEAF: '<path d="M10 31 C5 17 15 6 34 6 C35 25 24 36 10 31 Z M6 36 C11 26 18 19 26 14"/>',
    Glyph.FLAME: '<path d="M21 4 C22 12 32 16 32 26 A12 11 0 0 1 8 26 C8 20 11 17 13 12 C15 16 16 17 18 18'
    ' C21 14 21 9 21 4 Z M20 36 C15 36 14 32 15 29 C16 27 19 26 20 23 C21 26 25 27 25 31 C25 34 23 36 20 36"/>',
    Glyph.CLOCK: '<circle cx="20" cy="20" r="15.5"/><path d="M20 11 V20 L26 24"/>',
    Glyph.CALENDAR: '<rect x="5" y="8" width="30" height="27" rx="4"/>'
    '<path d="M5 16 H35 M13 4 V11 M27 4 V11 M13.5 25.5 l4.5 4.5 l8.5 -8.5"/>',
    Glyph.GLOBE: '<circle cx="20" cy="20" r="15.5"/>'
    '<path d="M4.5 20 H35.5 M20 4.5 C11 13 11 27 20 35.5 C29 27 29 13 20 4.5"/>',
    Glyph.FLAG: '<path d="M9 37 V5 M9 7 C16 2 23 11 33 6.5 V21.5 C23 26 16 17 9 22"/>',
    Glyph.TROPHY: '<path d="M12 5 H28 V16 A8 8 0 0 1 12 16 Z M12 8 H5.5 C5.5 15 8.5 17 12 17 M28 8 H34.5'
    ' C34.5 15 31.5 17 28 17 M20 24 V30 M14 30 H26 M11 35 H29"/>',
    Glyph.BOLT: '<path d="M23 3 L8 23 H18 L16 37 L32 16 H21 Z"/>',
    Glyph.COMPASS: '<circle cx="20" cy="20" r="15.5"/><path d="M27 13 L23 23 L13 27 L17 17 Z"/>',
    Glyph.DUMBBELL: '<path d="M13 20 H27 M8 11 V29 M13 8 V32 M27 8 V32 M32 11 V29 M3.5 17 V23 M36.5 17 V23"/>',
    Glyph.RACKET: '<ellipse cx="16" cy="15" rx="9.5" ry="12" transform="rotate(-42 16 15)"/>'
    '<path d="M24 24 L35 36"/><path d="M9 17 L19 7 M12 22 L24 11 M9 10 L22 21 M14 5 L24 15" stroke-width="1.4"/>',
    Glyph.BALL: '<circle cx="20" cy="20" r="15.5"/><path d="M9.5 9 C17 15 17 25 9.5 31 M30.5 9 C23 15 23 25 30.5 31"/>',
    Glyph.BOOT: '<path d="M9 4 H22 V19 C25 24 36 22 36 30 V35 H9 Z M9 30 H36 M15 10 H22 M15 16 H22"/>',
    Glyph.PADDLE: '<path d="M12 28 L28 12 M28 12 C27 5 32 3 37 3 C37 8 35 13 28 12 Z M12 28 C5 27 3 32 3 37'
    ' C8 37 13 35 12 28 Z"/>',
    Glyph.SAIL: '<path d="M18 4 V27 H5 C7 18 12 9 18 4 Z M22.5 9 C29 14 33 20 34 27 H22.5 Z M3 31.5 H37'
    ' C35 36 31 37 27 37 H13 C8 37 5 35 3 31.5 Z"/>',
    Glyph.HEART: '<path d="M20 35 C6 25 3 18 6 11.5 C9 5 17 6 20 13 C23 6 31 5 34 11.5 C37 18 34 25 20 35 Z"/>',
    Glyph.ROAD: '<path d="M15 4 L5 36 M25 4 L35 36 M20 5 V9 M20 15 V20 M20 26 V33"/>',
    Glyph.SPARK: '<path d="M20 3 C21 15 25 19 37 20 C25 21 21 25 20 37 C19 25 15 21 3 20 C15 19 19 15 20 3 Z"/>',
    Glyph.FLOWER: f'{_petals(5, 8.5, 4.6)}<circle cx="20" cy="16" r="3.5"/>'
    '<path d="M20 29.5 V38 M20 35 c4 0 7 -1 8 -4"/>',
}


@cache
def svg(icon: Icon) -> str:
    """A square of 96, to be shown at any size; without scripts, links and fonts of its own."""
    light, dark = LIGHT_DARK[icon.tint]
    tint = f"stadion-{icon.tint}"
    top = 26 if icon.mark is None else 17
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img">'
        f'<defs><linearGradient id="{tint}" x1="0" y1="0" x2="1" y2="1">'
        f'<stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></linearGradient></defs>'
        f'{_shape(icon.shape, 1)} fill="url(#{tint})"/>'
        f'{_shape(icon.shape, 0.88)} fill="none" stroke="#fff" stroke-opacity=".45" stroke-width="1.5"/>'
        f'<g transform="translate(26 {top}) scale(1.1)" fill="none" stroke="#fff" stroke-width="2.6"'
        f' stroke-linecap="round" stroke-linejoin="round">{GLYPHS[icon.glyph]}</g>{_mark(icon.mark, dark)}</svg>'
    )


def _mark(mark: str | None, dark: str) -> str:
    if mark is None:
        return ""
    width = 16 + 8.4 * len(mark)
    return (
        f'<rect x="{48 - width / 2:.1f}" y="67" width="{width:.1f}" height="18" rx="9" fill="#fff"/>'
        f'<text x="48" y="80.5" text-anchor="middle" font-family="system-ui,sans-serif" font-size="13"'
        f' font-weight="700" fill="{dark}">{escape(mark)}</text>'
    )
