"""Lengths, speeds, masses and temperatures in words, as their reader has chosen: the one place that knows miles.

Numbers of the API are SI and in their fields' names; only texts are in the reader's units. Factors: the international
yard and pound (NIST SP 811, appendix B); abbreviations: Unicode CLDR 46, `units/short`, en and ru.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import floor, log10
from string import Formatter
from typing import Any, Final, Protocol

from stadion.i18n import Language, Text

KM_IN_A_MILE: Final = 1.609344
M_IN_A_FOOT: Final = 0.3048
KG_IN_A_POUND: Final = 0.45359237
DIGITS: Final = 3
"""Significant, of a number that was converted."""


class UnitSystem(StrEnum):
    METRIC = "metric"
    IMPERIAL = "imperial"


class Reader(Protocol):
    """For whom something is worded. May look them up when it is asked."""

    @property
    def language(self) -> Language: ...

    @property
    def units(self) -> UnitSystem: ...


@dataclass(frozen=True)
class KnownReader:
    language: Language = Language.EN
    units: UnitSystem = UnitSystem.METRIC


ANYBODY: Final = KnownReader()


class AskingReader:
    """Looks the athlete up when a text needs what the request does not say."""

    def __init__(self, named: Language | None, ask: Callable[[], Reader]) -> None:
        self._named = named
        self._ask = ask
        self._known: Reader | None = None

    @property
    def language(self) -> Language:
        return self._named or self._own.language

    @property
    def units(self) -> UnitSystem:
        return self._own.units

    @property
    def _own(self) -> Reader:
        if self._known is None:
            self._known = self._ask()
        return self._known

    def is_known(self, reader: Reader) -> None:
        """By whoever read the copy for something else."""
        self._known = reader


@dataclass(frozen=True)
class _Unit:
    name: Text
    of: Callable[[float], float]


def _through(factor: float) -> Callable[[float], float]:
    return lambda value: value / factor


def _same(value: float) -> float:
    return value


_MILES: Final = Text(en="mi", ru="ми")
_QUANTITIES: Final = {
    "km": (_Unit(Text(en="km", ru="км"), _same), _Unit(_MILES, _through(KM_IN_A_MILE))),
    "kmh": (_Unit(Text(en="km/h", ru="км/ч"), _same), _Unit(Text(en="mph", ru="ми/ч"), _through(KM_IN_A_MILE))),
    "mps": (
        _Unit(Text(en="m/s", ru="м/с"), _same),
        _Unit(Text(en="mph", ru="ми/ч"), lambda value: value * 3.6 / KM_IN_A_MILE),
    ),
    "m": (_Unit(Text(en="m", ru="м"), _same), _Unit(Text(en="ft", ru="фт"), _through(M_IN_A_FOOT))),
    "kg": (_Unit(Text(en="kg", ru="кг"), _same), _Unit(Text(en="lb", ru="фнт"), _through(KG_IN_A_POUND))),
    "celsius": (
        _Unit(Text(en="°C", ru="°C"), _same),
        _Unit(Text(en="°F", ru="°F"), lambda value: value * 9 / 5 + 32),
    ),
}
"""Metric and imperial, by the unit of the value: `{distance:km}` says 5 as "5 km" or "3.11 mi"."""
_PACES: Final = (Text(en="min/km", ru="мин/км"), Text(en="min/mi", ru="мин/ми"))


def said(value: float, quantity: str, reader: Reader) -> str:
    """`quantity` is the value's own unit: km, kmh, mps, m, kg or celsius; `pace`: seconds for a kilometre."""
    is_imperial = reader.units is UnitSystem.IMPERIAL
    if quantity == "pace":
        return f"{duration(value * (KM_IN_A_MILE if is_imperial else 1))} {_PACES[is_imperial].say(reader.language)}"
    unit = _QUANTITIES[quantity][is_imperial]
    converted = _rounded(unit.of(value), quantity) if is_imperial else value
    return f"{number(converted, reader.language)}\N{NO-BREAK SPACE}{unit.name.say(reader.language)}"


def converted(value: float, quantity: str, reader: Reader) -> float:
    """The number by itself, as it is: for tables and plots, whose heads and axes say the unit once."""
    return _QUANTITIES[quantity][reader.units is UnitSystem.IMPERIAL].of(value)


def is_quantity(name: str) -> bool:
    return name in _QUANTITIES


def unit_of(quantity: str, reader: Reader) -> str:
    if quantity == "pace":
        return _PACES[reader.units is UnitSystem.IMPERIAL].say(reader.language)
    return _QUANTITIES[quantity][reader.units is UnitSystem.IMPERIAL].name.say(reader.language)


def duration(seconds: float) -> str:
    """3725 -> 1:02:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def number(value: float, language: Language) -> str:
    """12345.5 -> "12,345.5" or "12 345,5". Nothing has no sign: no frost of "-0 °C"."""
    whole = isinstance(value, int) or abs(value) >= _ALL_WHOLE
    text = f"{round(value):,}" if whole else f"{value + 0.0:,.10g}"
    return text.translate(_RUSSIAN) if language is Language.RU else text


_ALL_WHOLE: Final = 1e10
"""From here on ten digits do not reach the point, and would be a power of ten."""
_RUSSIAN: Final = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})


def _rounded(value: float, quantity: str) -> float:
    """To three significant digits; whole degrees, and no digits before the point are lost."""
    if quantity == "celsius" or value == 0:
        return round(value)
    digits = max(0, DIGITS - 1 - floor(log10(abs(value))))
    return round(value, digits) if digits else round(value)


FORMATS: Final = frozenset({"duration", "pace", *_QUANTITIES})
"""What may follow the colon of a placeholder."""


class _Wording(Formatter):
    """`str.format`, with our quantities and `duration` as what follows a colon."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "duration":
            return duration(value)
        if format_spec in _QUANTITIES or format_spec == "pace":
            return said(value, format_spec, self._reader)
        if not format_spec and isinstance(value, int | float) and not isinstance(value, bool):
            return number(value, self._reader.language)
        return str(super().format_field(value, format_spec))


def filled(template: str, values: Mapping[str, Any], reader: Reader) -> str:
    """A template with its values in the reader's units. A value that is missing is a `KeyError`."""
    return _Wording(reader).vformat(template, (), values)


def worded(text: Text, values: Mapping[str, Any], reader: Reader) -> str:
    """A text in the reader's language and units."""
    template: str = getattr(text, reader.language.value)
    return filled(template, values, reader)
