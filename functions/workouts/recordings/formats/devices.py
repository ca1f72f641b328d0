"""Which recorders measure altitude by air pressure. FIT, GPX and TCX have no field for it, so the maker has to tell."""

import re

_FIT_MAKERS = frozenset(
    {
        "garmin",
        "suunto",
        "polar_electro",
        "wahoo_fitness",
        "coros",
        "hammerhead",
        "bryton",
        "lezyne",
        "sigmasport",
        "stages_cycling",
        "igpsport",
        "xoss",
        "magene",
        "tomtom",
        "amazfit",
    }
)
_WORDS = re.compile(
    r"(?<![^\W\d_])(?:barometer|barometric|garmin connect|edge ?\d+|edge explore|forerunner|f[eē]nix|epix|suunto|coros"
    r"|elemnt|karoo)(?![^\W\d_])"
)
"""Whole words: a name such as "Knowledge" has no barometer in it."""


def is_barometric(creator: str | None) -> bool:
    """`creator` as GPX and TCX name it; Garmin Connect passes on its watch's altitude, Strava says "with barometer"."""
    return _WORDS.search((creator or "").lower()) is not None


def is_barometric_maker(manufacturer: object) -> bool:
    return isinstance(manufacturer, str) and manufacturer in _FIT_MAKERS
