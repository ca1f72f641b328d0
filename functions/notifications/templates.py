"""The words of each message. A message is worded when it is read, so that it is always in the athlete's language.

Each service words what it asks for, in `functions/<service>/messages`; `stadion contracts write` gathers all of it
into `messages.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from notifications.values import MessageKind
from stadion.i18n import Language
from stadion.sports import WearUnit
from stadion.units import KnownReader, Reader, UnitSystem, converted, filled

GATHERED: Final = Path(__file__).with_name("messages.json")


@dataclass(frozen=True)
class Wording:
    """A message in one language, with placeholders as `stadion.units` fills them: `{…:km}`, `{…:duration}`."""

    title: str
    body: str
    values: Mapping[str, Mapping[str, str]]
    """How a value of a few is said: `km` as the `unit`."""

    def say(self, told: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
        said = {name: self.values[name][value] if name in self.values else value for name, value in told.items()}
        return filled(self.title, said, reader), filled(self.body, said, reader)


@dataclass(frozen=True)
class Template:
    kind: MessageKind
    wordings: Mapping[Language, Wording]

    @classmethod
    def of(cls, gathered: Mapping[str, Any]) -> Self:
        wordings = {
            Language(language): Wording(words["title"], words["body"], words.get("values", {}))
            for language, words in gathered["words"].items()
        }
        return cls(MessageKind(gathered["kind"]), wordings)

    def say(self, values: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
        """Title and body. A value that is missing, or in no language of ours, is a `KeyError`."""
        told = {name: in_language(value, reader.language) for name, value in by_language(values).items()}
        return self.wordings[reader.language].say(in_units(told, reader), reader)


def words(template: str, values: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
    """Title and body. An unknown template or a missing value is a `KeyError`, which `check` finds before storing."""
    return _templates()[template].say(values, reader)


def kind_of(template: str) -> MessageKind:
    return _templates()[template].kind


def check(template: str, values: Mapping[str, Any]) -> None:
    for language in Language:
        for units in UnitSystem:
            words(template, values, KnownReader(language, units))


@cache
def _templates() -> dict[str, Template]:
    gathered = json.loads(GATHERED.read_text(encoding="utf-8"))
    return {name: Template.of(one) for name, one in gathered.items()}


def in_language(value: Any, language: Language) -> Any:
    """Of a value per language the athlete's, else the English one, else any."""
    if not isinstance(value, Mapping):
        return value
    said = next((one for one in (language, *Language) if one in value), language)
    return value[said]


def by_language(values: Mapping[str, Any]) -> dict[str, Any]:
    """Until 2026-11-29 the Russian text of a `title` was a value `title_ru`: inboxes and the archive hold some."""
    texts = {name: said for name, said in values.items() if isinstance(said, str)}
    beside = {name: f"{name}_ru" for name in texts if f"{name}_ru" in texts}
    return {**values, **{name: {"en": texts[name], "ru": texts[russian]} for name, russian in beside.items()}}


OF_A_UNIT: Final = ("used", "limit")


def in_units(values: Mapping[str, Any], reader: Reader) -> Mapping[str, Any]:
    """What a `unit` of km says of, in the reader's: whole miles. Other units are everybody's."""
    if values.get("unit") != WearUnit.KM.value or reader.units is UnitSystem.METRIC:
        return values
    told = {name: round(converted(values[name], "km", reader)) for name in OF_A_UNIT if name in values}
    return {**values, **told, "unit": "mi"}
