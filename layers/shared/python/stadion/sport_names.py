"""What a sport is called: "Trail running", "Трейлраннинг"; by `sport_names.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from stadion.i18n import Language


def sport_name(sport_type: str, language: Language) -> str:
    """One that is not known here, of another version, speaks for itself."""
    named = sport_names().get(sport_type)
    return named[language.value] if named is not None else sport_type


@cache
def sport_names() -> Mapping[str, Mapping[str, str]]:
    """Sport -> language -> name."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
