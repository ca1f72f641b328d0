"""What becomes of each property of our templates here: `cloudformation_properties.toml`, read."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_suffix(".toml")
ALL: Final = "*"


@dataclass(frozen=True)
class Verdicts:
    """On the properties of one type; the table says what the words mean."""

    read_back: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    only_on_aws: tuple[str, ...] = ()
    inert: Mapping[str, str] = field(default_factory=dict)
    idle: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> frozenset[str]:
        return frozenset({*self.read_back, *self.mended})

    def every(self) -> list[str]:
        """Each property as often as it stands."""
        return [*self.read_back, *self.mended, *self.inert, *self.only_on_aws]


@cache
def verdicts() -> Mapping[str, Verdicts]:
    """By type."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {kind: _verdicts(**one) for kind, one in told.items()}


def _verdicts(
    *,
    read_back: list[str] | None = None,
    mended: list[str] | None = None,
    only_on_aws: list[str] | None = None,
    inert: dict[str, str] | None = None,
    idle: dict[str, str] | None = None,
) -> Verdicts:
    return Verdicts(
        tuple(read_back or ()), tuple(mended or ()), tuple(only_on_aws or ()), dict(inert or {}), dict(idle or {})
    )


def inert() -> dict[str, str]:
    """Why, by `Service::Type.Property`: what a template says and nothing here keeps."""
    return {name: why for kind, one in verdicts().items() for name, why in _named(kind, one.inert)}


def idle() -> dict[str, str]:
    """Why, by `Service::Type.Property`: what is kept and not carried out."""
    return {name: why for kind, one in verdicts().items() for name, why in _named(kind, one.idle)}


def _named(kind: str, reasons: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, why in reasons.items():
        short = kind.removeprefix("AWS::")
        yield (short if name == ALL else f"{short}.{name}"), why
