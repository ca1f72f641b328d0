"""Zones, histograms, load, curves, series, the latest values: what every `TelemetryStore` answers."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from stadion.streams.recorded import with_doubts
from telemetry.timeseries.bins import bins_of
from telemetry.timeseries.domain import MAX_SERIES
from telemetry.timeseries.errors import NotAskableError
from telemetry.timeseries.port import Best, DayLoad, Point, RollingLoad, SeriesFill, SeriesPeriod, SeriesSource, Span
from tests.telemetry.timeseries.integration.seasons import a_season, asked
from tests.telemetry.timeseries.integration.world import (
    NOW,
    OTHER,
    World,
    columns,
    day,
    moment,
    season,
    sent,
    workout,
    workout_id,
)


@pytest.mark.parametrize(
    ("metric", "bounds"),
    [("heart_rate", [120, 140, 155.5, 170]), ("power", [150, 200, 250, 300, 400]), ("speed", [2.5, 3.3, 7.0])],
)
def test_time_in_zones_is_counted_second_by_second(world: World, metric: str, bounds: list[float]) -> None:
    a_season(world)
    truth = [0.0] * (len(bounds) + 1)
    width = bins_of(metric).width
    for _, _, value, held_s in world.recorded(metric, Span(day(0), day(33))):
        low = np.floor(round(value / width, 6)) * width
        truth[sum(bound <= low + 1e-9 for bound in bounds)] += held_s
    found = world.store.time_in_zones(world.user, metric, Span(day(0), day(33)), bounds)
    assert found == pytest.approx(truth, abs=1e-6)


def test_a_reading_holds_until_its_own_next_one_but_not_in_a_pause(world: World) -> None:
    seconds = np.array([0.0, 1.0, 5.0, 100.0, 100.5])
    hearts = np.array([100.0, 120.0, 140.0, np.nan, 160.0])
    world.put(workout(columns={"time_s": seconds, "heart_rate_bpm": hearts}))
    assert world.store.time_in_zones(world.user, "heart_rate", season(), [110, 130, 150]) == [1, 4, 0.5, 1]
    assert world.store.time_in_zones(world.user, "heart_rate", season(), []) == [6.5]


@pytest.mark.parametrize("n", [2, 7, 60])
def test_a_channel_in_every_nth_row_counts_as_long_as_one_in_every_row(world: World, n: int) -> None:
    seconds = np.arange(600.0)
    hearts = np.where(seconds % n == 0, np.where(seconds < 300, 120.0, 160.0), np.nan)
    world.put(workout(columns={"time_s": seconds, "heart_rate_bpm": hearts, "power_w": np.full(600, 200.0)}))
    assert world.store.time_in_zones(world.user, "heart_rate", season(), [140]) == pytest.approx([300, 300], abs=n)
    assert world.store.time_in_zones(world.user, "power", season(), []) == [600]


def test_a_doubted_reading_counts_nowhere(world: World) -> None:
    columns = {"time_s": np.arange(60.0), "heart_rate_bpm": np.where(np.arange(60) == 9, 255.0, 140.0)}
    world.put(workout(columns=with_doubts(columns, {"heart_rate_bpm": np.arange(60) == 9})))
    assert world.store.time_in_zones(world.user, "heart_rate", season(), [200]) == [60, 0]
    [point] = world.store.trend(world.user, "heart_rate", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)
    assert (point.count, point.max) == (59, 140)


@pytest.mark.parametrize(("metric", "width"), [("heart_rate", 5), ("power", 25), ("speed", 0.5), ("altitude", 50)])
def test_a_histogram_is_what_numpy_says(world: World, metric: str, width: float) -> None:
    a_season(world)
    rows = world.recorded(metric, season())
    values, held_s = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    edges = np.arange(0, values.max() + 2 * width, width)
    seconds, _ = np.histogram(values + 1e-9, edges, weights=held_s)
    truth = [(low, low + width, held) for low, held in zip(edges, seconds, strict=False) if held]
    found = world.store.histogram(world.user, metric, season(), width)
    assert [(bar.low, bar.high, bar.seconds) for bar in found] == [pytest.approx(bar, abs=1e-6) for bar in truth]


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda store: store.histogram(OTHER, "speed", season(), 0.25), "multiple"),
        (lambda store: store.histogram(OTHER, "speed", season(), 0), "multiple"),
        (lambda store: store.time_in_zones(OTHER, "power", season(), [200, 100]), "rise"),
        (lambda store: store.trend(OTHER, "position", SeriesSource.DEVICES, season(), SeriesPeriod.DAY), "no series"),
        (lambda store: store.latest(OTHER, ["mood' OR 1=1"], SeriesSource.DEVICES), "no series"),
        (lambda store: store.put_samples(OTHER, sent("position"), NOW), "no series"),
        (lambda store: asked(store, moment(0), moment(1), step_s=0), "steps"),
        (lambda store: asked(store, moment(1), moment(0), step_s=9), "steps"),
        (lambda store: asked(store, moment(0), moment(31), step_s=9), "steps"),
        (lambda store: asked(store, moment(0), moment(1) + MAX_SERIES, step_s=3600), "days"),
    ],
)
def test_what_no_series_answers_is_refused(world: World, ask: Any, why: str) -> None:
    with pytest.raises(NotAskableError, match=why):
        ask(world.store)


def test_loads_are_summed_by_day(world: World) -> None:
    a_season(world)
    assert world.store.daily_loads(world.user, Span(day(0), day(40))) == [
        DayLoad(day(0), 30.0, 2),
        DayLoad(day(6), 30.0, 1),
    ]


def test_rolling_load_looks_back_before_its_span(world: World) -> None:
    world.put(*(workout(number, on=number * 3, load=1.0 + number, columns={}) for number in range(20)))
    loads = {day(number * 3): 1.0 + number for number in range(20)}
    span = Span(day(20), day(59))
    found = world.store.rolling_load(world.user, span)
    truth = [
        RollingLoad(
            on,
            load=loads.get(on, 0.0),
            sum_7=sum(loads.get(on - timedelta(days=back), 0.0) for back in range(7)),
            sum_42=sum(loads.get(on - timedelta(days=back), 0.0) for back in range(42)),
        )
        for on in (day(20 + number) for number in range(40))
    ]
    assert found == truth


def test_the_seasons_curve_names_whose_each_best_was(world: World) -> None:
    a_season(world)
    assert world.store.mean_max(world.user, "power", Span(day(0), day(40))) == [
        Best(5, 900.0, workout_id(4), day(33)),
        Best(60, 300.0, workout_id(0), day(0)),
        Best(1200, 200.0, workout_id(4), day(33)),
    ]
    assert world.store.mean_max(world.user, "speed", season()) == []


def test_of_equal_bests_the_first_counts(world: World) -> None:
    same = {"power": {5: 500.0}}
    world.put(workout(2, on=5, mean_max=same), workout(1, on=9, mean_max=same), workout(3, on=5, mean_max=same))
    assert world.store.mean_max(world.user, "power", season()) == [Best(5, 500.0, workout_id(2), day(5))]


@pytest.mark.parametrize("fill", SeriesFill)
@pytest.mark.parametrize("step_s", [1, 7, 60, 3600])
@pytest.mark.parametrize("source", SeriesSource)
def test_a_series_is_averaged_and_filled(world: World, source: SeriesSource, fill: SeriesFill, step_s: int) -> None:
    seconds = [0, 1, 2, 3, 20, 21, 22.5, 300, 301, 900]
    world.put(workout(on=1, columns=columns(seconds, gaps=4, seed=9)))
    world.put(workout(1, on=1, started_at=moment(1, 8), columns=columns(range(0, 90, 30), seed=10)))
    world.send(sent(on=1, hour=7, values=range(60, 70), step_s=13), sent(on=1, hour=7.5, device="b", values=[90, 80]))
    since, until = moment(1, 7) + timedelta(seconds=2), moment(1, 8) + timedelta(seconds=45)
    known: dict[float, list[float]] = {}
    for _, ms, value, _ in world.all("heart_rate", source, season()):
        if since.timestamp() * 1000 <= ms < until.timestamp() * 1000:
            known.setdefault(ms // (step_s * 1000) * step_s, []).append(value)
    steps = {start: float(np.mean(values)) for start, values in sorted(known.items())}
    wanted = list(steps) if fill is SeriesFill.NONE else list(np.arange(min(steps), max(steps) + step_s, step_s))
    xs, ys = list(steps), list(steps.values())
    truth = {
        SeriesFill.NONE: ys,
        SeriesFill.LINEAR: [float(np.interp(at, xs, ys)) for at in wanted],
        SeriesFill.PREVIOUS: [ys[int(np.searchsorted(xs, at, side="right")) - 1] for at in wanted],
    }[fill]
    found = world.store.series(world.user, "heart_rate", source, since, until, step_s=step_s, fill=fill)
    assert [point.moment.timestamp() for point in found] == wanted
    assert [point.value for point in found] == pytest.approx(truth, rel=1e-9)


def test_a_series_of_a_daily_metric_may_span_a_year(world: World) -> None:
    a_season(world)
    year = (moment(0, 0), moment(365, 0))
    ask = world.store.series
    found = ask(world.user, "resting_heart_rate", SeriesSource.DEVICES, *year, step_s=86_400, fill=SeriesFill.PREVIOUS)
    assert found == [Point(moment(on, 0), 48.0 + (on - on % 3) % 5) for on in range(58)]


def test_the_latest_value_of_each_metric(world: World) -> None:
    a_season(world)
    for source, metrics in {
        SeriesSource.WORKOUTS: ["heart_rate", "speed", "mass"],
        SeriesSource.DEVICES: ["heart_rate", "speed", "resting_heart_rate", "mass"],
    }.items():
        truth = {}
        for metric in metrics:
            rows = world.all(metric, source, season(90))
            if rows:
                _, ms, value, _ = max(rows, key=lambda row: (row[1], row[2]))
                truth[metric] = (ms / 1000, value)
        found = world.store.latest(world.user, metrics, source)
        assert {metric: (point.moment.timestamp(), point.value) for metric, point in found.items()} == truth


def test_a_long_workout_of_yesterday_may_hold_the_latest_value(world: World) -> None:
    long = {"time_s": np.array([0.0, 30 * 3600.0]), "heart_rate_bpm": np.array([100.0, 101.0])}
    world.put(workout(0, on=0, columns=long), workout(1, on=1))
    assert world.store.latest(world.user, ["heart_rate"], SeriesSource.WORKOUTS)["heart_rate"].value == 101.0
