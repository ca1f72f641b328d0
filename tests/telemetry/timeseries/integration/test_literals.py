"""Nothing but typed literals gets into a query."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from telemetry.timeseries.timestream import literals, sql
from telemetry.timeseries.timestream.literals import Literal, QueryTemplate
from tests.telemetry.timeseries.integration.conftest import LocalTimestream
from tests.telemetry.timeseries.integration.world import ATHLETE

HOSTILE = [
    "' OR 1=1 --",
    "'; DROP TABLE workouts; --",
    "heart_rate' UNION SELECT user_id FROM x --",
    '"',
    "$user",
    "${user}",
    "heart_rate\x00",
    "heart_rate ",
    "HEART_RATE",
    "ｈeart_rate",
    "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50' OR '1'='1",
    "",
    "NULL",
    "1; SELECT 1",
]
KNOWN = frozenset({"heart_rate", "power"})
ANYTHING = st.one_of(st.text(), st.none(), st.booleans(), st.floats(), st.integers(), st.binary(), st.lists(st.text()))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "make",
    [
        literals.uuid,
        literals.integer,
        literals.instant,
        literals.seconds,
        literals.number,
        literals.day,
        lambda text: literals.one_of(text, KNOWN),
        lambda text: literals.some_of([text], KNOWN),
        lambda text: literals.column(text, KNOWN),
        lambda text: QueryTemplate("$x").render(x=text),
    ],
)
def test_a_hostile_text_is_no_literal(make: Callable[[Any], object], text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        make(text)


@pytest.mark.parametrize("text", ['x"; --', "a b", "", "x" * 257, "баз", None, 5])
def test_a_hostile_name_of_a_database_is_none(text: Any) -> None:
    with pytest.raises(TypeError):
        literals.database(text)


@pytest.mark.parametrize(
    "template", [sql.HELD, sql.DAILY_LOADS, sql.MEAN_MAX, *sql.TREND.values(), *sql.SERIES.values()]
)
def test_a_template_takes_nothing_but_literals(template: QueryTemplate) -> None:
    for value in (*HOSTILE, 1, 1.5, None, date(2026, 1, 1), UUID(ATHLETE), Literal):
        with pytest.raises(TypeError, match="no Literal"):
            template.render(user=value)  # type: ignore[arg-type]


def test_a_template_without_one_of_its_values_is_not_rendered() -> None:
    with pytest.raises(KeyError):
        sql.DAILY_LOADS.render(user=literals.uuid(ATHLETE))


@given(anything=ANYTHING)
def test_whatever_is_taken_as_an_id_is_an_id(anything: Any) -> None:
    try:
        text = literals.uuid(anything).text
    except (TypeError, ValueError):
        return
    assert text == f"'{UUID(anything)}'"
    assert len(text) == 38


@given(anything=ANYTHING)
def test_whatever_is_taken_as_a_member_is_a_member(anything: Any) -> None:
    assume(anything not in ("heart_rate", "power"))
    with pytest.raises(TypeError):
        literals.one_of(anything, KNOWN)


@given(anything=ANYTHING)
def test_whatever_is_taken_as_a_number_is_one(anything: Any) -> None:
    for make, kind in ((literals.integer, int), (literals.number, float)):
        if type(anything) is kind and math.isfinite(anything):
            assert kind(make(anything).text) == anything  # type: ignore[operator]
        else:
            with pytest.raises((TypeError, ValueError)):
                make(anything)  # type: ignore[operator]


@pytest.mark.parametrize("value", [True, datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", 20260101, None])
def test_a_day_is_a_date(value: Any) -> None:
    with pytest.raises(TypeError):
        literals.day(value)


def test_an_id_is_written_anew() -> None:
    assert literals.uuid("{8F14E45FCEEA467FA0E67B1C2D3E4F50}").text == f"'{ATHLETE}'"


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (literals.number(1e-300), 1e-300),
        (literals.number(-0.1), -0.1),
        (literals.number(12345.678), 12345.678),
        (literals.integer(-7), -7.0),
    ],
)
def test_a_number_comes_back_as_it_was(timestream: LocalTimestream, literal: Literal, value: float) -> None:
    assert [float(row[0] or "") for row in timestream.rows(QueryTemplate("SELECT $x AS x").render(x=literal))] == [
        value
    ]


def test_an_instant_comes_back_as_it_was(timestream: LocalTimestream) -> None:
    found = timestream.rows(QueryTemplate("SELECT $x AS x").render(x=literals.instant(1_795_255_200_123)))
    assert found == [["2026-11-21 10:00:00.123000000"]]


def test_an_athlete_sees_nothing_by_another_ones_name(timestream: LocalTimestream) -> None:
    """The id in a query is the caller's, parsed: there is no text in which two could stand."""
    with pytest.raises(ValueError, match="UUID"):
        literals.uuid(f"{ATHLETE}' OR user_id = '{uuid4()}")
