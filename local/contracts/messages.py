"""The words of messages, gathered from the services that ask for them into the one file that `notifications` reads.

A service's folder `messages` has `messages.toml`, which says of each message its kind and an example of each value,
and for each language a file with title and body, and how values of a few are said. Each fault is told in a line.
"""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from infra_cdk.parts.sources import sources
from local.contracts.services import FUNCTIONS
from local.errors import ActionableError
from notifications.templates import Template
from notifications.values import MessageKind
from stadion import units
from stadion.i18n import Language
from stadion.units import KnownReader, UnitSystem

FOLDER: Final = "messages"
FACTS: Final = "messages.toml"
VALUES: Final = "values"
"""The table of a language's file that says how values of a few are said; no message is called so."""
REQUEST: Final = "NotificationRequested"
NAME: Final = "TemplateName"
FORMATS: Final = frozenset({"", *units.FORMATS})
"""How a value is written. All of `str.format` would let a wording show quotes, or make it a gigabyte wide."""


class UnclearMessagesError(ActionableError):
    title = "The words of messages are not in order"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Facts(BaseModel):
    """What is said once of a message, whatever the language."""

    model_config = ConfigDict(extra="forbid")

    kind: MessageKind
    values: dict[str, Any] = Field(default_factory=dict, description="all that its words tell, each with an example")
    retired: bool = Field(default=False, description="nobody asks for it any more, and inboxes still hold it")


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    body: str

    def placeholders(self) -> set[str]:
        """ValueError where a brace stands alone, or a value is to be written in a way that is none of ours."""
        parts = [*Formatter().parse(self.title), *Formatter().parse(self.body)]
        for _, name, spec, conversion in parts:
            if name is not None and (conversion or spec not in FORMATS):
                written = f"{name}!{conversion}" if conversion else f"{name}:{spec}"
                known = ", ".join(sorted(units.FORMATS))
                raise ValueError(f"{{{written}}} is not {{{name}}}, alone or after a colon with one of {known}")
        return {name for _, name, _, _ in parts if name is not None}


@dataclass
class Wordings:
    """The file of one language."""

    place: str
    words: dict[str, Words] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """How a value of a few is said, by the name of the value."""


@dataclass
class Messages:
    """What a service wrote, and what it asks for."""

    folder: Path
    facts: dict[str, Facts] = field(default_factory=dict)
    wordings: dict[Language, Wordings] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    """Where a message is asked for first, by its name."""
    unread: list[str] = field(default_factory=list)
    """Where one is asked for whose name nobody can read."""

    def place(self, file: str) -> str:
        return f"functions/{self.folder.name}/{FOLDER}/{file}"

    def gathered(self, name: str) -> dict[str, Any]:
        """As `notifications` reads it."""
        facts = self.facts[name]
        words = {language.value: _gathered(name, facts, wordings) for language, wordings in self.wordings.items()}
        return {"kind": facts.kind.value, "words": words}


def document() -> dict[str, Any]:
    """Every message by its name; `UnclearMessagesError` tells all that is not in order."""
    return gather(FUNCTIONS)


def gather(functions: Path) -> dict[str, Any]:
    faults: list[str] = []
    services = [read(folder, faults) for folder in sorted(functions.iterdir()) if folder.is_dir()]
    faults += [fault for messages in services for fault in faults_of(messages)]
    faults += _of_two_owners(services)
    if faults:
        raise UnclearMessagesError(faults)
    return {name: messages.gathered(name) for messages in services for name in messages.facts}


def _gathered(name: str, facts: Facts, wordings: Wordings) -> dict[str, Any]:
    said = {value: wordings.values[value] for value in facts.values if value in wordings.values}
    return wordings.words[name].model_dump() | ({"values": said} if said else {})


# --- reading --------------------------------------------------------------------------------------------------------


def read(folder: Path, faults: list[str]) -> Messages:
    """Adds to the faults what cannot be read."""
    found = Messages(folder)
    for name, place in asked_for(folder):
        if name is None:
            found.unread.append(place)
        else:
            found.asked.setdefault(name, place)
    files = {path.name for path in (folder / FOLDER).glob("*.toml") if not path.name.startswith(".")}
    faults += [
        f"functions/{path.relative_to(folder.parent).as_posix()} is read by nobody: words lie in {found.place('')}"
        for path in sorted(folder.glob(f"*/**/{FOLDER}/{FACTS}"))
    ]
    if not files:
        return found
    before = len(faults)
    found.facts = _valid(Facts, _tables(found, FACTS, faults), found.place(FACTS), faults)
    for language in Language:
        file = f"{language.value}.toml"
        tables, place = _tables(found, file, faults), found.place(file)
        said = _valid(dict[str, str], tables.pop(VALUES, {}), place, faults)
        found.wordings[language] = Wordings(place, _valid(Words, tables, place, faults), said)
        files.discard(file)
    faults += [f"{found.place(file)} is of no language of ours" for file in sorted(files - {FACTS})]
    return found if len(faults) == before else Messages(folder)


def _tables(messages: Messages, file: str, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads((messages.folder / FOLDER / file).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        faults.append(f"{messages.place(file)} is missing")
    except OSError as error:
        faults.append(f"{messages.place(file)} is no file: {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{messages.place(file)} is no TOML: {error}")
    return {}


def _valid(kind: Any, tables: dict[str, Any], place: str, faults: list[str]) -> dict[str, Any]:
    try:
        checked: dict[str, Any] = TypeAdapter(dict[str, kind]).validate_python(tables)
    except ValidationError as error:
        faults += [f"{place}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        return {}
    return checked


def asked_for(folder: Path) -> Iterator[tuple[str | None, str]]:
    """(message, file and line) wherever the service's code says that it wants one; None: of a name not to be read."""
    for path in sources(folder):
        source = path.read_bytes()
        if REQUEST.encode() in source or NAME.encode() in source:
            tree = ast.parse(source, filename=str(path))
            known = _known_as(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    place = f"functions/{path.relative_to(folder.parent).as_posix()}:{node.lineno}"
                    yield from ((name, place) for name in _named(_called(node.func, known), node))


def _known_as(tree: ast.Module) -> dict[str, str]:
    """What the two are called in a file that imports them under another name."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}


def _called(function: ast.expr, known: Mapping[str, str]) -> str | None:
    match function:
        case ast.Name(id=name):
            return known.get(name, name)
        case ast.Attribute(attr=name):
            return name
    return None


def _named(called: str | None, node: ast.Call) -> Iterator[str | None]:
    if called == NAME:
        yield from _literals(node.args[0]) if node.args else (None,)
    if called == REQUEST:
        named = [argument.value for argument in node.keywords if argument.arg == "template"]
        for template in named:
            yield from () if _is_passed_on(template) else _literals(template)
        if not named:
            yield None


def _is_passed_on(node: ast.expr) -> bool:
    """A name that was chosen elsewhere, as a `TemplateName`."""
    return isinstance(node, ast.Name | ast.Attribute)


def _literals(node: ast.expr) -> Iterator[str | None]:
    """Of `"a"`, and of `"a" if … else "b"`."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            for one in (body, orelse):
                yield from () if _is_passed_on(one) else _literals(one)
        case _:
            yield None


# --- what is not in order ------------------------------------------------------------------------------------------


def faults_of(messages: Messages) -> Iterator[str]:
    facts = messages.place(FACTS)
    for name, place in messages.asked.items():
        if name not in messages.facts:
            yield f"{place} asks for `{name}`, of which {facts} says nothing"
        elif messages.facts[name].retired:
            yield f"{place} asks for `{name}`, which {facts} calls retired"
    for place in messages.unread:
        yield f'{place} asks for a message of which nobody can read the name: say {NAME}("…") where it is chosen'
    told = {value for known in messages.facts.values() for value in known.values}
    for wordings in messages.wordings.values():
        for name in sorted(wordings.words.keys() - messages.facts.keys()):
            yield f"{wordings.place} words `{name}`, of which {facts} says nothing"
        for value in sorted(wordings.values.keys() - told):
            yield f"{wordings.place} says how {{{value}}} is told, which is a value of no message"
    for name, known in messages.facts.items():
        if name not in messages.asked and not known.retired:
            yield f'{facts}: nobody asks for `{name}`, as {NAME}("{name}"); `retired = true` while inboxes hold it'
        worded = list(_of_words(name, known, messages))
        yield from worded or _unsayable(name, known, messages)


def _of_words(name: str, known: Facts, messages: Messages) -> Iterator[str]:
    """Each language tells all values of a message, and has a word for each that another language has one for."""
    for value in known.values:
        if value.rpartition("_")[2] in set(Language):
            yield f"{messages.place(FACTS)}: `{name}` has a value {value}; a text in each language is one value"
    for wordings in messages.wordings.values():
        if name not in wordings.words:
            yield f"{wordings.place} does not word `{name}`"
            continue
        try:
            used = wordings.words[name].placeholders()
        except ValueError as error:
            yield f"{wordings.place}: `{name}` is no text with placeholders: {error}"
            continue
        for value in sorted(used - known.values.keys()):
            yield f"{wordings.place}: `{name}` wants {{{value}}}, which is none of its values"
        for value in sorted(known.values.keys() - used):
            yield f"{wordings.place}: `{name}` leaves out {{{value}}}"
        for value in sorted(used & known.values.keys()):
            others = {word for other in messages.wordings.values() for word in other.values.get(value, {})}
            for word in sorted(others - wordings.values.get(value, {}).keys()):
                yield f"{wordings.place}: `{name}` has no word for the {value} {word!r}"


def _unsayable(name: str, known: Facts, messages: Messages) -> Iterator[str]:
    """Said in each language with its examples, as an athlete would read it."""
    template = Template.of(messages.gathered(name))
    for language, wordings in messages.wordings.items():
        try:
            for system in UnitSystem:
                template.say(known.values, KnownReader(language, system))
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            yield f"{wordings.place}: `{name}` cannot be said with its examples: {type(error).__name__}: {error}"


def _of_two_owners(services: list[Messages]) -> Iterator[str]:
    counted = Counter(name for messages in services for name in messages.facts)
    for name in (name for name, count in counted.items() if count > 1):
        owners = [messages.folder.name for messages in services if name in messages.facts]
        yield f"`{name}` is a message of {' and of '.join(owners)}"
