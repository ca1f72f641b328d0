"""The words of each message. A message is worded when it is read, so that it is always in the athlete's language.

Each service words what it asks for, in `functions/<service>/messages`; `stadion contracts write` gathers all of it
into `messages.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final, Self

from notifications.values import MessageKind
from stadion.i18n import Language

GATHERED: Final = Path(__file__).with_name("messages.json")


@dataclass(frozen=True)
class Wording:
    """A message in one language, with placeholders as `str.format` has them, and `{…:duration}` for seconds."""

    title: str
    body: str
    values: Mapping[str, Mapping[str, str]]
    """How a value of a few is said: `km` as the `unit`."""

    def say(self, told: Mapping[str, Any]) -> tuple[str, str]:
        said = {name: self.values[name][value] if name in self.values else value for name, value in told.items()}
        return _FORMATTER.vformat(self.title, (), said), _FORMATTER.vformat(self.body, (), said)


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

    def say(self, values: Mapping[str, Any], language: Language) -> tuple[str, str]:
        """Title and body. A value that is missing, or in no language of ours, is a `KeyError`."""
        told = {name: in_language(value, language) for name, value in by_language(values).items()}
        return self.wordings[language].say(told)


def words(template: str, values: Mapping[str, Any], language: Language) -> tuple[str, str]:
    """Title and body. An unknown template or a missing value is a `KeyError`, which `check` finds before storing."""
    return _templates()[template].say(values, language)


def kind_of(template: str) -> MessageKind:
    return _templates()[template].kind


def check(template: str, values: Mapping[str, Any]) -> None:
    for language in Language:
        words(template, values, language)


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


class _Formatter(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return duration(value) if format_spec == "duration" else str(super().format_field(value, format_spec))


_FORMATTER: Final = _Formatter()


def duration(seconds: float) -> str:
    """3725 -> 1:02:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
