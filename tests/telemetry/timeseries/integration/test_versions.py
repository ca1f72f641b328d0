"""Versions, repetitions and deletions, in any order, over every `TelemetryStore`."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from telemetry.timeseries.port import SeriesFill, SeriesPeriod, SeriesSource
from tests.telemetry.timeseries.integration.conftest import Make
from tests.telemetry.timeseries.integration.seasons import FEW
from tests.telemetry.timeseries.integration.world import World, day, moment, season, sent, workout


def everything(world: World) -> list[Any]:
    """All answers about the season."""
    who = world.user
    return [
        world.store.trend(who, "heart_rate", SeriesSource.WORKOUTS, season(), SeriesPeriod.WEEK),
        world.store.histogram(who, "power", season(), 10),
        world.store.daily_loads(who, season()),
        world.store.mean_max(who, "power", season()),
        world.store.latest(who, ["heart_rate", "power"], SeriesSource.WORKOUTS),
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
    for source in SeriesSource:
        assert (
            world.store.series(world.user, "power", source, moment(0), moment(1), step_s=60, fill=SeriesFill.NONE) == []
        )


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
    point = world.store.trend(world.user, "heart_rate", SeriesSource.DEVICES, season(), SeriesPeriod.DAY)[0]
    assert (point.count, point.min, point.max) == (3, 60, 99)


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


def test_every_make_is_a_world_of_its_own(make: Make) -> None:
    one, two = make(), make()
    one.put(workout())
    assert two.store.daily_loads(two.user, season()) == []
    assert one.user != two.user
