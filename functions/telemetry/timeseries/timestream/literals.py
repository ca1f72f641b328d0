"""The only way for a value into a query: Timestream has no bind parameters, so typed values are rendered anew.

A `Literal` is made by these functions alone; each parses or checks what it gets and writes its own text.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from string import Template
from typing import Final
from uuid import UUID

DATABASE_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,256}")
PLAIN_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Literal:
    """A piece of SQL that cannot be anything else than what it says."""

    text: str


def uuid(value: str) -> Literal:
    """`ValueError` for what is no UUID; its text is written anew."""
    if not isinstance(value, str):
        raise TypeError("an id is text")
    return Literal(f"'{UUID(value)}'")


def integer(value: int) -> Literal:
    if type(value) is not int:
        raise TypeError("an integer is an int")
    return Literal(str(value))


def instant(ms: int) -> Literal:
    return Literal(f"from_milliseconds({integer(ms).text})")


def seconds(value: int) -> Literal:
    """A duration."""
    return Literal(f"{integer(value).text}s")


def number(value: float) -> Literal:
    if type(value) is not float:
        raise TypeError("a number is a float")
    if not math.isfinite(value):
        raise ValueError("a number is finite")
    text = repr(value)
    return Literal(text if "e" in text else f"{text}E0")


def day(value: date) -> Literal:
    """Text, as days are kept."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("a day is a date")
    return Literal(f"'{value.isoformat()}'")


def one_of(value: str, known: Collection[str]) -> Literal:
    """A text from a closed set."""
    return Literal(f"'{_known(value, known)}'")


def some_of(values: Collection[str], known: Collection[str]) -> Literal:
    """What stands in `IN (…)`: at least one."""
    if not values or isinstance(values, str):
        raise TypeError("a list has members")
    return Literal(", ".join(one_of(value, known).text for value in values))


def column(name: str, known: Collection[str]) -> Literal:
    return Literal(f'"{_known(name, known)}"')


def database(name: str) -> Literal:
    """From the settings, not from a user; checked all the same."""
    if not isinstance(name, str) or not DATABASE_NAME.fullmatch(name):
        raise TypeError("this is no name of a database")
    return Literal(f'"{name}"')


def _known(value: str, known: Collection[str]) -> str:
    if type(value) is not str or value not in known or not PLAIN_NAME.fullmatch(value):
        raise TypeError("this is no member of the closed set")
    return value


@dataclass(frozen=True)
class QueryTemplate:
    """SQL with `$names`; `render` takes a `Literal` for each, and nothing else."""

    text: str

    def render(self, **values: Literal) -> str:
        for name, value in values.items():
            if type(value) is not Literal:
                raise TypeError(f"{name} is no Literal")
        return Template(self.text).substitute({name: value.text for name, value in values.items()})
