"""The names of boards, and the time they count over."""

from datetime import UTC, date, datetime

import pytest

from gamification.boards.domain import (
    EVER,
    BadBoardError,
    BoardId,
    BoardMetric,
    PeriodKind,
    Place,
    city_slug,
    period_named,
    period_of,
)


@pytest.mark.parametrize(
    "text",
    [
        "global.all.xp.week",
        "country-ru.run.distance.2026-W49",
        "region-ru-mow.all.ascent.2026-12",
        "city-ru-moscow.ride.workouts.2026",
        "global.wind_and_wave.moving_time.ever",
    ],
)
def test_a_name_is_read_as_it_is_written(text: str) -> None:
    assert str(BoardId.parse(text)) == text
    assert str(BoardId.parse(text.upper())) == text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("global.all.xp", "board"),
        ("", "board"),
        ("global.all.xp.week.more", "board"),
        ("x" * 200, "board"),
        ("world.all.xp.week", "scope"),
        ("global-ru.all.xp.week", "scope"),
        ("country-xx.all.xp.week", "scope"),
        ("country.all.xp.week", "scope"),
        ("region-ru-nowhere.all.xp.week", "scope"),
        ("country-ß.all.xp.week", "scope"),
        ("country-ıt.all.xp.week", "scope"),
        ("city-ru-.all.xp.week", "scope"),
        ("city-xx-moscow.all.xp.week", "scope"),
        ("city-ru-a#b.all.xp.week", "scope"),
        ("global.unknown.xp.week", "family"),
        ("global.running.xp.week", "family"),
        ("global.all.speed.week", "metric"),
        ("global.all.xp.day", "period"),
        ("global.all.xp.2026-W54", "period"),
        ("global.all.xp.2026-13", "period"),
        ("global.all.xp.1999", "period"),
        ("global.all.xp.2026-w٤٩", "period"),
    ],
)
def test_of_a_wrong_name_the_wrong_part_is_said(text: str, part: str) -> None:
    with pytest.raises(BadBoardError) as refused:
        BoardId.parse(text)
    assert refused.value.part == part


def test_a_week_is_that_of_iso_in_utc() -> None:
    week = period_of(PeriodKind.WEEK, date(2027, 1, 3))
    assert (week.name, week.start, week.end) == (
        "2026-W53",
        datetime(2026, 12, 28, tzinfo=UTC),
        datetime(2027, 1, 4, tzinfo=UTC),
    )
    assert period_named("2026-w53") == week
    assert period_named("2026-12") == period_of(PeriodKind.MONTH, date(2026, 12, 31))
    assert period_named("2027") == period_of(PeriodKind.YEAR, date(2027, 1, 3))
    assert period_named("ever") == EVER


def test_a_current_board_is_called_by_its_period() -> None:
    at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    named = {kind: str(BoardId("global", "all", BoardMetric.XP, kind).at(at)) for kind in PeriodKind}
    assert named == {
        PeriodKind.WEEK: "global.all.xp.2026-W53",
        PeriodKind.MONTH: "global.all.xp.2026-12",
        PeriodKind.YEAR: "global.all.xp.2026",
        PeriodKind.EVER: "global.all.xp.ever",
    }


def test_the_default_set_is_kept_always() -> None:
    kept = ["global.all.xp.week", "country-ru.run.distance.2026-12", "global.ride.xp.ever"]
    others = ["global.all.xp.year", "global.all.ascent.week", "city-ru-moscow.all.xp.week", "region-ru-mow.all.xp.week"]
    assert all(BoardId.parse(text).is_kept_always for text in kept)
    assert not any(BoardId.parse(text).is_kept_always for text in others)


def test_a_place_has_its_boards() -> None:
    assert Place("RU", "RU-MOW", "Moscow").scopes == ("global", "country-ru", "region-ru-mow", "city-ru-moscow")
    assert Place().scopes == ("global",)
    assert Place(city="Moscow").scopes == ("global",)
    for scope in Place("RU", "RU-MOW", "Нижний Новгород").scopes:
        BoardId.parse(f"{scope}.all.xp.week")


def test_a_city_is_called_in_letters_of_a_url() -> None:
    assert city_slug("São Paulo") == city_slug(" sao  paulo ") == "sao-paulo"
    assert city_slug("Москва") == city_slug("москва ") != city_slug("Казань")
    assert city_slug("!!!").startswith("x")
    assert len(city_slug("a" * 300)) <= 40
