"""Every template by itself; what each answers is held to NumPy by `test_contract`, over both adapters."""

import pytest

from telemetry.timeseries.timestream import literals, sql
from telemetry.timeseries.timestream.adapter import TimestreamStore
from telemetry.timeseries.timestream.literals import QueryTemplate
from tests.telemetry.timeseries.integration.conftest import DATABASE, LocalTimestream
from tests.telemetry.timeseries.integration.world import ATHLETE, World, day, sent, workout

TEMPLATES = {
    "held": sql.HELD,
    "daily_loads": sql.DAILY_LOADS,
    "mean_max": sql.MEAN_MAX,
    **{f"trend of {source}": template for source, template in sql.TREND.items()},
    **{f"series of {source}, {fill}": template for (source, fill), template in sql.SERIES.items()},
    **{f"latest of {source}": template for source, template in sql.LATEST.items()},
}
VALUES = {
    "database": literals.database(DATABASE),
    "user": literals.uuid(ATHLETE),
    "first": literals.day(day(0)),
    "last": literals.day(day(9)),
    "since": literals.instant(0),
    "until": literals.instant(2_000_000_000_000),
    "metrics": literals.some_of(["heart_rate", "power"], {"heart_rate", "power"}),
    "period": literals.one_of("week", {"week"}),
    "per_unit": literals.number(10.0),
    "every": literals.number(1.0),
    "together": literals.number(5.0),
    "held": literals.column("power_held_s", {"power_held_s"}),
    "shift": literals.seconds(0),
    "step": literals.seconds(60),
}
COLUMNS = {
    "held": ["bin", "seconds"],
    "daily_loads": ["day", "load", "workouts"],
    "mean_max": ["duration_s", "value", "workout_id", "day"],
    "trend": ["start", "n", "total", "least", "most", "p5", "p25", "p50", "p75", "p95"],
    "series": ["value"],
    "latest": ["time", "value"],
}


def rendered(name: str, template: QueryTemplate) -> str:
    of_devices = "devices" in name or name == "mean_max"
    metric = literals.one_of("power", {"power"}) if of_devices else literals.column("power", {"power"})
    return template.render(metric=metric, **VALUES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_a_query_with_these_columns(timestream: LocalTimestream, name: str) -> None:
    world = World(TimestreamStore(DATABASE, timestream), has_table=False)
    world.put(workout())
    world.send(sent("power"))
    prepared = timestream.asker.prepare_query(QueryString=rendered(name, TEMPLATES[name]), ValidateOnly=True)
    columns = [column["Name"] for column in prepared["Columns"]]
    expected = COLUMNS[name.split(" ", maxsplit=1)[0]]
    assert columns[-len(expected) :] == expected


def test_every_template_is_tried() -> None:
    named = [value for name, value in vars(sql).items() if not name.startswith("_")]
    templates = [one for value in named for one in (value.values() if isinstance(value, dict) else [value])]
    assert [one for one in templates if isinstance(one, QueryTemplate) and one not in TEMPLATES.values()] == [
        sql.DESCRIBE
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_query_is_about_one_athlete(name: str) -> None:
    """The partition key stands in each place that reads a table."""
    text = TEMPLATES[name].text
    assert text.count("user_id = $user") == text.count("FROM $database")
