"""Texts in the athlete's language."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Language(StrEnum):
    EN = "en"
    RU = "ru"


@dataclass(frozen=True)
class Text:
    """The same sentence in every language, with `str.format` placeholders."""

    en: str
    ru: str

    def say(self, language: Language, **values: Any) -> str:
        template: str = getattr(self, language.value)
        return template.format(**values)


def named_language(accept_language: str | None) -> Language | None:
    """The best match for an `Accept-Language` header (RFC 9110 section 12.5.4); None when it names none of ours."""
    ranked: list[tuple[float, int, Language]] = []
    for position, part in enumerate((accept_language or "").split(",")):
        tag, _, weight = part.strip().partition(";")
        primary = tag.split("-")[0].strip().lower()
        if primary in {language.value for language in Language}:
            ranked.append((-_quality(weight), position, Language(primary)))
    wanted = [entry for entry in sorted(ranked) if entry[0] < 0]
    return wanted[0][2] if wanted else None


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
