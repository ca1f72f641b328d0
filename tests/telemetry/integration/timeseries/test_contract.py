"""What every `TelemetryStore` answers, against a truth that is counted one by one."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.timeseries.bins import bins_of
from telemetry.timeseries.errors import NotAskableError
from telemetry.timeseries.port import Best, DayLoad, Fill, Period, Point, RollingLoad, Source, Span, TelemetryStore
from telemetry.timeseries.questions import LONGEST_SERIES
from tests.kit.size import examples
from tests.telemetry.integration.timeseries.conftest import Make
from tests.telemetry.integration.timeseries.world import (
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

FEW = examples(small=6, large=60)
ALL = ("heart_rate_bpm", "power_w", "speed_mps", "cadence_rpm", "altitude_m", "temperature_c")


def a_season(world: World) -> None:
    """Several weeks, two months, gaps, smart recording, two workouts on a day, one without a recording."""
    world.put(
        workout(0, on=0, n=120, columns=columns(range(120), gaps=7, seed=1, names=ALL)),
        workout(1, on=0, started_at=moment(0, 18), columns=columns(np.cumsum([1, 3, 9, 30, 2] * 20), seed=2)),
        workout(2, on=6, columns=columns(np.arange(100) / 4, seed=3, names=ALL)),
        workout(3, on=13, columns={}, load=None, mean_max={}),
        workout(4, on=33, columns=columns(range(50), seed=4), load=None, mean_max={"power": {5: 900.0, 1200: 200.0}}),
        workout(5, on=45, columns=columns(range(50), seed=5)),
    )
    world.send(
        sent(on=0, values=range(60, 90)),
        sent(on=0, device="strap", values=[70, 71], hour=9),
        sent(on=40, values=[50.0]),
        sent("speed", on=3, values=[3.25, 3.3, 0.7, 2.3]),
        *(sent("resting_heart_rate", on=on, hour=0, values=[48.0 + on % 5]) for on in range(0, 60, 3)),
    )


# --- trend ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", Period)
@pytest.mark.parametrize(
    ("metric", "source"),
    [
        ("heart_rate", Source.WORKOUTS),
        ("power", Source.WORKOUTS),
        ("speed", Source.WORKOUTS),
        ("altitude", Source.WORKOUTS),
        ("temperature", Source.WORKOUTS),
        ("heart_rate", Source.DEVICES),
        ("speed", Source.DEVICES),
        ("resting_heart_rate", Source.DEVICES),
    ],
)
def test_a_trend_is_what_numpy_says(world: World, metric: str, source: Source, period: Period) -> None:
    a_season(world)
    span = Span(day(0), day(40))
    found = world.store.trend(world.user, metric, source, span, period)
    truth = world.by_period(metric, source, span, period)
    assert [point.start for point in found] == list(truth)
    for point, values in zip(found, truth.values(), strict=True):
        assert (point.count, point.min, point.max) == (len(values), values.min(), values.max())
        assert point.avg == pytest.approx(values.mean(), rel=1e-12)
        assert list(point.percentiles) == [5, 25, 50, 75, 95]
        for percent, value in point.percentiles.items():
            exact = np.percentile(values, percent, method="inverted_cdf")
            assert exact - bins_of(metric).width <= value <= exact


def test_recordings_and_devices_are_never_mixed(world: World) -> None:
    world.put(workout(columns={"time_s": np.arange(2.0), "heart_rate_bpm": np.array([150.0, 160.0])}))
    world.send(sent(values=[60.0]))
    trends = {
        source: world.store.trend(world.user, "heart_rate", source, season(), Period.DAY)[0].avg for source in Source
    }
    assert trends == {Source.WORKOUTS: 155.0, Source.DEVICES: 60.0}


def test_what_was_never_measured_has_no_answer(world: World) -> None:
    who = (world.user, "cadence")
    assert world.store.trend(*who, Source.WORKOUTS, season(), Period.DAY) == []
    assert world.store.trend(*who, Source.DEVICES, season(), Period.WEEK) == []
    assert world.store.time_in_zones(*who, season(), [80.0]) == [0.0, 0.0]
    assert world.store.histogram(*who, season(), 5) == []
    assert world.store.mean_max(*who, season()) == []
    assert world.store.daily_loads(world.user, season()) == []
    assert world.store.latest(world.user, ["cadence", "mass"], Source.DEVICES) == {}
    assert world.store.latest(world.user, ["cadence", "mass"], Source.WORKOUTS) == {}
    for source in Source:
        assert world.store.series(*who, source, moment(0), moment(1), step_s=60, fill=Fill.LINEAR) == []


def test_a_metric_that_others_recorded_and_this_athlete_did_not_has_no_answer(world: World) -> None:
    world.put(workout())
    assert world.store.trend(world.user, "temperature", Source.WORKOUTS, season(), Period.DAY) == []
    assert world.store.trend(OTHER, "heart_rate", Source.WORKOUTS, season(), Period.DAY) == []
    assert world.store.daily_loads(OTHER, season()) == []
    assert world.store.mean_max(OTHER, "power", season()) == []
    assert world.store.latest(OTHER, ["heart_rate"], Source.WORKOUTS) == {}


# --- zones and histograms -------------------------------------------------------------------------------------------


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


def test_a_sample_holds_until_the_next_one_but_ten_seconds_at_most(world: World) -> None:
    seconds = np.array([0.0, 1.0, 5.0, 100.0, 100.5])
    hearts = np.array([100.0, 120.0, 140.0, np.nan, 160.0])
    world.put(workout(columns={"time_s": seconds, "heart_rate_bpm": hearts}))
    assert world.store.time_in_zones(world.user, "heart_rate", season(), [110, 130, 150]) == [1, 4, 10, 1]
    assert world.store.time_in_zones(world.user, "heart_rate", season(), []) == [16]


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


def asked(store: TelemetryStore, since: datetime, until: datetime, *, step_s: int) -> list[Point]:
    return store.series(OTHER, "power", Source.DEVICES, since, until, step_s=step_s, fill=Fill.NONE)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda store: store.histogram(OTHER, "speed", season(), 0.25), "multiple"),
        (lambda store: store.histogram(OTHER, "speed", season(), 0), "multiple"),
        (lambda store: store.time_in_zones(OTHER, "power", season(), [200, 100]), "rise"),
        (lambda store: store.trend(OTHER, "position", Source.DEVICES, season(), Period.DAY), "no series"),
        (lambda store: store.latest(OTHER, ["mood' OR 1=1"], Source.DEVICES), "no series"),
        (lambda store: store.put_samples(OTHER, sent("position")), "no series"),
        (lambda store: asked(store, moment(0), moment(1), step_s=0), "steps"),
        (lambda store: asked(store, moment(1), moment(0), step_s=9), "steps"),
        (lambda store: asked(store, moment(0), moment(31), step_s=9), "steps"),
        (lambda store: asked(store, moment(0), moment(1) + LONGEST_SERIES, step_s=3600), "days"),
    ],
)
def test_what_no_series_answers_is_refused(world: World, ask: Any, why: str) -> None:
    with pytest.raises(NotAskableError, match=why):
        ask(world.store)


# --- load and mean-max ----------------------------------------------------------------------------------------------


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


# --- series and latest ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("step_s", [1, 7, 60, 3600])
@pytest.mark.parametrize("source", Source)
def test_a_series_is_averaged_and_filled(world: World, source: Source, fill: Fill, step_s: int) -> None:
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
    wanted = list(steps) if fill is Fill.NONE else list(np.arange(min(steps), max(steps) + step_s, step_s))
    xs, ys = list(steps), list(steps.values())
    truth = {
        Fill.NONE: ys,
        Fill.LINEAR: [float(np.interp(at, xs, ys)) for at in wanted],
        Fill.PREVIOUS: [ys[int(np.searchsorted(xs, at, side="right")) - 1] for at in wanted],
    }[fill]
    found = world.store.series(world.user, "heart_rate", source, since, until, step_s=step_s, fill=fill)
    assert [point.moment.timestamp() for point in found] == wanted
    assert [point.value for point in found] == pytest.approx(truth, rel=1e-9)


def test_a_series_of_a_daily_metric_may_span_a_year(world: World) -> None:
    a_season(world)
    year = (moment(0, 0), moment(365, 0))
    ask = world.store.series
    found = ask(world.user, "resting_heart_rate", Source.DEVICES, *year, step_s=86_400, fill=Fill.PREVIOUS)
    assert found == [Point(moment(on, 0), 48.0 + (on - on % 3) % 5) for on in range(58)]


def test_the_latest_value_of_each_metric(world: World) -> None:
    a_season(world)
    for source, metrics in {
        Source.WORKOUTS: ["heart_rate", "speed", "mass"],
        Source.DEVICES: ["heart_rate", "speed", "resting_heart_rate", "mass"],
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
    assert world.store.latest(world.user, ["heart_rate"], Source.WORKOUTS)["heart_rate"].value == 101.0


# --- versions, repetitions, deletions -------------------------------------------------------------------------------


def everything(world: World) -> list[Any]:
    """All answers about the season."""
    who = world.user
    return [
        world.store.trend(who, "heart_rate", Source.WORKOUTS, season(), Period.WEEK),
        world.store.histogram(who, "power", season(), 10),
        world.store.daily_loads(who, season()),
        world.store.mean_max(who, "power", season()),
        world.store.latest(who, ["heart_rate", "power"], Source.WORKOUTS),
    ]


def check(world: World, fresh: World) -> None:
    """As if only what counts had ever been written."""
    fresh.put(*world.workouts.values())
    assert everything(world) == everything(fresh)


def test_the_same_again_changes_nothing(make: Make) -> None:
    world = make()
    world.put(workout(n=250), workout(n=250), workout(1, on=3))
    world.put(workout(n=250))
    check(world, make())


def test_a_newer_version_replaces_everything_and_an_older_one_nothing(make: Make) -> None:
    world = make()
    shorter = workout(version=3, n=20, load=7.0, mean_max={"power": {5: 100.0}})
    world.put(workout(version=2, n=90), shorter, workout(version=1, n=200), workout(version=2, n=90))
    check(world, make())


def test_a_newer_version_without_a_recording_takes_it_away(make: Make) -> None:
    world = make()
    world.put(workout(), workout(version=2, columns={}, load=None, mean_max={}))
    assert everything(world) == [[], [], [], [], {}]


def test_a_start_that_moved_leaves_nothing_behind(make: Make) -> None:
    world = make()
    world.put(workout(n=90, on=10))
    world.put(workout(n=90, on=12, version=2))
    check(world, make())
    assert [one.day for one in world.store.daily_loads(world.user, season())] == [day(12)]


def test_a_day_that_moved_with_the_zone_leaves_nothing_behind(make: Make) -> None:
    world = make()
    world.put(workout(on=10), workout(on=10, version=2, day=day(9)))
    check(world, make())


def test_a_deleted_workout_counts_nowhere_and_stays_deleted(world: World) -> None:
    first = workout()
    world.put(first)
    world.remove(first, version=2)
    world.put(first)
    assert everything(world) == [[], [], [], [], {}]
    for source in Source:
        assert world.store.series(world.user, "power", source, moment(0), moment(1), step_s=60, fill=Fill.NONE) == []


def test_a_deletion_may_come_first(world: World) -> None:
    world.remove(workout(), version=2)
    world.put(workout())
    assert everything(world) == [[], [], [], [], {}]


def test_an_old_deletion_does_not_undo_a_restored_workout(make: Make) -> None:
    world = make()
    world.put(workout(version=3))
    world.remove(workout(), version=2)
    check(world, make())


def test_corrected_samples_of_a_device_replace_the_old_ones(world: World) -> None:
    world.send(sent(values=[60, 61]), sent(values=[60, 99, 70], version=3), sent(values=[60, 62], version=2))
    point = world.store.trend(world.user, "heart_rate", Source.DEVICES, season(), Period.DAY)[0]
    assert (point.count, point.min, point.max) == (3, 60, 99)


def test_no_samples_are_nothing(world: World) -> None:
    world.send(replace(sent(), ms=[], values=[]))
    assert world.store.trend(world.user, "heart_rate", Source.DEVICES, season(), Period.DAY) == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "remove"]),
        st.integers(0, 2),  # which workout
        st.integers(1, 5),  # version
    ),
    min_size=1,
    max_size=12,
)


@FEW
@given(acts=ACTS)
def test_any_order_of_versions_repetitions_and_deletions_ends_in_the_same(make: Make, acts: list[Any]) -> None:
    """A version is one thing: its content, day and whether it deletes follow from its number."""
    world, fresh = make(), make()
    for what, number, version in acts:
        one = workout(number, on=version * 3, version=version, n=10 * version)
        if what == "remove":
            world.remove(one, version=version + 10)
        else:
            world.put(one)
    check(world, fresh)


DAYS = st.lists(st.tuples(st.integers(0, 20), st.lists(st.integers(40, 200), min_size=1, max_size=20)), max_size=6)


@FEW
@given(days=DAYS, period=st.sampled_from(Period))
def test_any_samples_of_devices_make_the_trend_that_numpy_makes(make: Make, days: Any, period: Period) -> None:
    world = make()
    for number, (on, values) in enumerate(days):
        world.send(sent("power", on=on, values=[float(value) for value in values], device=f"d{number}"))
    found = world.store.trend(world.user, "power", Source.DEVICES, season(), period)
    truth = world.by_period("power", Source.DEVICES, season(), period)
    assert [(point.start, point.count) for point in found] == [(start, len(values)) for start, values in truth.items()]
    assert [point.avg for point in found] == pytest.approx([values.mean() for values in truth.values()])


def test_every_make_is_a_world_of_its_own(make: Make) -> None:
    one, two = make(), make()
    one.put(workout())
    assert two.store.daily_loads(two.user, season()) == []
    assert one.user != two.user
