"""Texts in the reader's units, and whom an answer is worded for."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.athletes import WithReader, merge
from stadion.clock import now
from stadion.events.accounts import ProfileUpdated
from stadion.i18n import Language, Text
from stadion.units import ANYBODY, AskingReader, KnownReader, Reader, UnitSystem, converted, filled, said, worded
from stadion.weeks import WeekStart

METRIC_EN = KnownReader()
IMPERIAL_EN = KnownReader(units=UnitSystem.IMPERIAL)
METRIC_RU = KnownReader(Language.RU)
IMPERIAL_RU = KnownReader(Language.RU, UnitSystem.IMPERIAL)


@pytest.mark.parametrize(
    ("value", "quantity", "said_so"),
    [
        (42.195, "km", ("42.195 km", "26.2 mi", "42,195 км", "26,2 ми")),
        (5, "km", ("5 km", "3.11 mi", "5 км", "3,11 ми")),
        (48.2, "kmh", ("48.2 km/h", "30 mph", "48,2 км/ч", "30 ми/ч")),
        (1234, "m", ("1,234 m", "4,049 ft", "1 234 м", "4 049 фт")),
        (70.5, "kg", ("70.5 kg", "155 lb", "70,5 кг", "155 фнт")),
        (-40, "celsius", ("-40 °C", "-40 °F", "-40 °C", "-40 °F")),
        (21.4, "celsius", ("21.4 °C", "71 °F", "21,4 °C", "71 °F")),
        (-0.0, "celsius", ("0 °C", "32 °F", "0 °C", "32 °F")),
        (-17.8, "celsius", ("-17.8 °C", "0 °F", "-17,8 °C", "0 °F")),
        (12_345_678_901.5, "km", ("12,345,678,902 km", "7,671,249,218 mi", "12 345 678 902 км", "7 671 249 218 ми")),
        (372.6, "pace", ("6:13 min/km", "10:00 min/mi", "6:13 мин/км", "10:00 мин/ми")),
        (0, "m", ("0 m", "0 ft", "0 м", "0 фт")),
        (300, "pace", ("5:00 min/km", "8:03 min/mi", "5:00 мин/км", "8:03 мин/ми")),
    ],
)
def test_a_quantity_is_said_in_the_readers_units(value: float, quantity: str, said_so: tuple[str, ...]) -> None:
    found = [said(value, quantity, reader) for reader in (METRIC_EN, IMPERIAL_EN, METRIC_RU, IMPERIAL_RU)]

    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in found] == list(said_so)


@given(st.floats(0.001, 100_000))
def test_what_is_converted_is_off_by_half_a_hundredth_of_itself_at_most(km: float) -> None:
    text = said(km, "km", IMPERIAL_EN).partition("\N{NO-BREAK SPACE}")[0].replace(",", "")

    assert float(text) == pytest.approx(converted(km, "km", IMPERIAL_EN), rel=0.006)


def test_a_text_holds_quantities_beside_what_has_no_unit() -> None:
    text = Text(en="{sport}: {kmh:kmh}, {count} points", ru="{sport}: {kmh:kmh}, точек: {count}")
    values: dict[str, Any] = {"sport": "Run", "kmh": 100, "count": 12345}

    assert worded(text, values, IMPERIAL_EN) == "Run: 62.1\N{NO-BREAK SPACE}mph, 12,345 points"
    assert worded(text, values, METRIC_RU) == "Run: 100\N{NO-BREAK SPACE}км/ч, точек: 12\N{NO-BREAK SPACE}345"
    assert filled("{s:duration}", {"s": 3725.4}, ANYBODY) == "1:02:05"


def test_nobody_is_looked_up_for_a_language_that_is_named() -> None:
    asked: list[Reader] = []

    def ask() -> Reader:
        asked.append(IMPERIAL_RU)
        return IMPERIAL_RU

    named = AskingReader(Language.EN, ask)
    assert named.language is Language.EN
    assert asked == []
    assert named.units is UnitSystem.IMPERIAL

    unnamed = AskingReader(None, ask)
    assert (unnamed.language, unnamed.units) == (Language.RU, UnitSystem.IMPERIAL)
    assert len(asked) == 2  # once each


def test_the_copy_of_an_athlete_knows_the_reader() -> None:
    news = ProfileUpdated(revision=2, language=Language.RU, time_zone="UTC", units=UnitSystem.IMPERIAL)

    assert merge(WithReader(), news, now()).reader == IMPERIAL_RU
    assert WithReader().reader == ANYBODY


@pytest.mark.parametrize(
    ("start", "first"),
    [(WeekStart.MONDAY, "2026-11-23"), (WeekStart.SATURDAY, "2026-11-28"), (WeekStart.SUNDAY, "2026-11-29")],
)
def test_a_week_begins_on_the_athletes_day(start: WeekStart, first: str) -> None:
    assert start.first_day(date(2026, 11, 29)).isoformat() == first
    assert start.first_day(date.fromisoformat(first)).isoformat() == first
