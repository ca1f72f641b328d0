"""Which recorders measure altitude by air pressure. FIT, GPX and TCX have no field for it, so the maker has to tell."""

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
_WORDS = (
    "barometer",
    "garmin connect",
    "edge",
    "forerunner",
    "fenix",
    "fēnix",
    "epix",
    "suunto",
    "coros",
    "elemnt",
    "karoo",
)


def is_barometric(creator: str | None) -> bool:
    """`creator` as GPX and TCX name it; Garmin Connect passes on its watch's altitude, Strava says "with barometer"."""
    named = (creator or "").lower()
    return any(word in named for word in _WORDS)


def is_barometric_maker(manufacturer: object) -> bool:
    return isinstance(manufacturer, str) and manufacturer in _FIT_MAKERS
