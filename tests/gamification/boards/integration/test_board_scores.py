"""Workouts move scores: the same as a plain sum over what is left in the diary, in whatever order versions come."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.athletes import service as athletes
from gamification.base.domain import Source
from gamification.base.store import FACTS
from gamification.boards import service, store
from gamification.boards.domain import BoardId, BoardMetric, PeriodKind, is_default, period_of
from gamification.boards.people import service as people
from gamification.boards.people.domain import Player, Shown
from gamification.boards.people.store import HIDING, PLAYERS
from gamification.xp import service as xp
from stadion.change import Change
from stadion.events.accounts import ConsentChanged, ProfileUpdated, UserRegistered
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import Outcome
from stadion.sports import sport
from tests.kit.memory import memory
from tests.kit.services import ATHLETE
from tests.kit.size import examples

NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_asked() -> None:
    service.forget()


def workout(workout_id: str = "w", revision: int = 1, **fields: Any) -> WorkoutFacts:
    told = {
        "workout_id": workout_id,
        "revision": revision,
        "sport_type": "Run",
        "started_at": "2026-12-01T08:00:00Z",
        "time_zone": "Europe/Moscow",
        "elapsed_time_s": 2000.0,
        "moving_time_s": 1800.0,
        "distance_m": 6400.4,
        "origin": "watch",
        **fields,
    }
    return WorkoutFacts.model_validate(told)


def deliver(version: WorkoutFacts | None, workout_id: str = "w", revision: int = 2, *, at: datetime = NOW) -> Outcome:
    """As `on_workout_events` does, first to XP, then to boards."""
    if version is not None:
        workout_id, revision = version.workout_id, version.revision
    source = Source(ATHLETE, workout_id, revision, version, NOW, occurred_at=at)
    xp.apply(source)
    return service.apply(source)


def scores(period: str = "2026-W49") -> dict[str, int]:
    found = store.SCORES.find(ATHLETE, period)
    return {key: score for key, (score, _) in found.scores.items() if score} if found is not None else {}


def live_in(country: str | None, revision: int, at: datetime, **more: Any) -> None:
    told = ProfileUpdated.model_validate(
        {"language": "en", "time_zone": "UTC", "revision": revision, "country": country, "region": "RU-MOW", **more}
    )
    envelope = Envelope[UserRegistered | ProfileUpdated | ConsentChanged].model_validate(
        {
            "event_id": f"e{revision}",
            "occurred_at": at,
            "version": 1,
            "correlation_id": "c",
            "user_id": ATHLETE,
            "data": told.model_dump(mode="json"),
        }
    )
    athletes.know_athlete(envelope, NOW)


def test_a_recorded_run_is_on_the_default_boards_and_no_others() -> None:
    with memory():
        live_in("RU", 2, NOW - timedelta(days=90))
        assert deliver(workout()) is Outcome.MOVED
        assert scores() == {
            f"{scope}|{family}|{metric}": score
            for scope in ("global", "country-ru")
            for family in ("all", "run")
            for metric, score in (("xp", 30), ("distance", 6400))
        }
        assert scores("2026-12") == scores("ever") == scores()
        assert scores("2026") == {}
        assert deliver(workout()) is Outcome.STALE


@pytest.mark.parametrize(
    "fields", [{"origin": "manual"}, {"flags": ["average_speed_too_high"]}, {"started_at": "2026-12-02T12:16:00Z"}]
)
def test_what_was_typed_or_is_doubtful_or_is_to_come_is_on_no_board(fields: dict[str, Any]) -> None:
    with memory():
        deliver(workout(**fields))
        assert scores() == {}


def test_what_was_typed_in_beside_a_recording_is_on_no_board() -> None:
    with memory():
        deliver(workout(distance_m=900_000.0, by_hand=["distance_m"]))
        assert {key.rpartition("|")[2] for key in scores()} == {"xp"}
        deliver(workout(revision=2, distance_m=6000.0))
        assert scores()["global|all|distance"] == 6000


def test_corrections_and_deletions_move_boards_back() -> None:
    with memory():
        deliver(workout())
        deliver(workout(revision=2, distance_m=1000.0, started_at="2026-11-24T08:00:00Z", sport_type="Walk"))
        assert scores() == {}
        assert scores("2026-W48")["global|walk|distance"] == 1000
        deliver(workout(revision=3, flags=["teleport"]))
        assert scores("2026-W48") == {}
        deliver(workout(revision=4))
        assert scores()["global|run|distance"] == 6400
        deliver(None, revision=5)
        assert (scores(), scores("ever")) == ({}, {})


def test_a_day_counts_up_to_its_cap_on_each_board_and_gives_back_what_was_above() -> None:
    with memory():
        deliver(workout("a", moving_time_s=15_000.0))
        deliver(workout("b", moving_time_s=9_000.0))
        deliver(workout("c", moving_time_s=9_000.0, sport_type="Walk"))
        assert {key: one for key, one in scores().items() if key.endswith("xp")} == {
            "global|all|xp": 300,
            "global|run|xp": 300,
            "global|walk|xp": round(150 * sport("Walk").xp_weight),
        }
        deliver(None, "a")
        assert scores()["global|run|xp"] == 150


def test_a_move_to_another_country_moves_no_older_workout() -> None:
    with memory():
        live_in("RU", 2, datetime(2026, 11, 1, tzinfo=UTC))
        deliver(workout())
        live_in("KZ", 3, datetime(2026, 11, 30, tzinfo=UTC))
        deliver(workout(revision=2, distance_m=7000.0))
        assert scores()["country-ru|all|distance"] == 7000
        deliver(workout("x"))
        assert (scores()["country-kz|all|distance"], scores()["country-ru|all|distance"]) == (6400, 7000)
        assert scores()["global|all|distance"] == 13_400


def test_a_period_that_is_over_for_long_is_left_alone_and_ever_goes_on() -> None:
    with memory():
        deliver(workout(started_at="2021-03-01T08:00:00Z"))
        assert (scores("2021-W09"), scores("2021-03")) == ({}, {})
        assert scores("ever")["global|all|distance"] == 6400


def test_a_delivery_before_its_facts_comes_again() -> None:
    with memory():
        deliver(workout())
        with pytest.raises(service.FactsBehindError):
            service.apply(Source(ATHLETE, "w", 2, workout(revision=2), NOW, occurred_at=NOW))


# --- boards that somebody asked for ---------------------------------------------------------------------------------


def test_a_board_that_somebody_asked_for_is_filled_out_of_the_days_and_moves_from_then_on() -> None:
    board = BoardId.parse("region-ru-mow.run.workouts.year")
    with memory():
        live_in("RU", 2, datetime(2026, 1, 1, tzinfo=UTC))
        deliver(workout("a"))
        assert service.activate(board, NOW)
        assert not service.activate(board, NOW)
        deliver(workout("b"))
        assert scores("2026") == {board.key: 1}
        assert service.fill(ATHLETE, board.at(NOW), NOW)
        assert not service.fill(ATHLETE, board.at(NOW), NOW)
        assert scores("2026") == {board.key: 2}
        deliver(None, "a")
        assert scores("2026") == {board.key: 1}
        with Change(None, NOW) as change:
            assert service.retire(change, board)
        service.forget()
        deliver(workout("c"))
        assert scores("2026") == {}


def test_a_filled_board_moves_also_where_nobody_heard_of_it_yet() -> None:
    board = BoardId.parse("global.all.ascent.week")
    with memory():
        deliver(workout("a", ascent_m=100.0))
        service.fill(ATHLETE, board.at(NOW), NOW)
        deliver(workout("b", ascent_m=20.0))
        assert scores()[board.key] == 120


def answer(shown: Shown, name: str | None = None) -> None:
    people.answer(ATHLETE, shown, name, PLAYERS.find(ATHLETE) or Player(), NOW)
    service.follow_presence(ATHLETE, NOW)


def presences() -> set[tuple[str | None, bool]]:
    return {(found.name, found.is_on) for found in store.SCORES.every(ATHLETE)}


def test_what_an_athlete_says_of_boards_is_so_in_all_periods_also_in_those_to_come() -> None:
    with memory():
        deliver(workout())
        live_in("RU", 2, NOW, birth_date="1990-01-01")
        answer(Shown.NAMED, "Anna")
        deliver(workout("x", started_at="2026-11-24T08:00:00Z"))
        assert presences() == {("Anna", True)}
        answer(Shown.ANONYMOUS)
        assert presences() == {(None, True)}
        answer(Shown.OFF)
        deliver(workout("y", started_at="2026-11-10T08:00:00Z"))
        assert presences() == {(None, False)}
        answer(Shown.NAMED, "Anna")
        assert presences() == {("Anna", True)}
        assert scores()["global|all|distance"] == 6400


def test_a_child_has_no_name_on_a_board() -> None:
    with memory():
        live_in("RU", 2, NOW, birth_date="2010-01-01")
        answer(Shown.NAMED, "Anna")
        deliver(workout())
        assert presences() == {(None, True)}


def test_of_who_is_erased_no_score_is_left() -> None:
    with memory():
        deliver(workout())
        service.erase(ATHLETE, NOW)
        assert HIDING.read().value is not None
        assert HIDING.read().value.is_gone(ATHLETE, NOW), "until the entries follow"  # type: ignore[union-attr]
        assert list(store.SCORES.each(ATHLETE)) == []


# --- any history ----------------------------------------------------------------------------------------------------

VERSIONS = st.fixed_dictionaries(
    {
        "day": st.integers(0, 11),
        "sport_type": st.sampled_from(["Run", "TrailRun", "Ride", "Workout"]),
        "moving_time_s": st.sampled_from([600.0, 9_000.0, 20_000.0]),
        "distance_m": st.none() | st.integers(0, 20_000),
        "origin": st.sampled_from(["watch", "watch", "manual"]),
        "flags": st.sampled_from([[], [], ["teleport"]]),
        "deleted": st.booleans(),
    }
)
HISTORIES = st.lists(st.lists(VERSIONS, min_size=1, max_size=3), min_size=1, max_size=5)


def told(history: list[list[dict[str, Any]]]) -> list[tuple[str, int, WorkoutFacts | None]]:
    found = []
    for number, versions in enumerate(history):
        for revision, fields in enumerate(versions, 1):
            start = datetime(2026, 11, 20, 22, tzinfo=UTC) + timedelta(days=fields["day"], minutes=number)
            kept = {name: one for name, one in fields.items() if name not in {"day", "deleted"}}
            is_gone = fields["deleted"] and revision == len(versions) and revision > 1
            made = None if is_gone else workout(f"w{number}", revision, started_at=start.isoformat(), **kept)
            found.append((f"w{number}", revision, made))
    return found


def recomputed(kind: PeriodKind) -> dict[str, dict[str, int]]:
    """Out of the facts, by no code of the wing but its names."""
    days: dict[tuple[date, str], int] = defaultdict(int)
    for facts in FACTS.every(ATHLETE):
        if facts.is_manual or not facts.counts:
            continue
        family = sport(facts.sport_type).family
        for one in {"all", family} - {"unknown"}:
            days[facts.utc_day, f"global|{one}|xp"] += facts.xp
            days[facts.utc_day, f"global|{one}|distance"] += round(facts.distance_m or 0)
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (day, key), amount in days.items():
        found[period_of(kind, day).name][key] += min(300, amount) if key.endswith("xp") else amount
    return {name: {key: one for key, one in sums.items() if one} for name, sums in found.items()}


@given(HISTORIES, st.randoms(use_true_random=False))
@examples(small=40, large=600)
def test_scores_equal_a_plain_sum_over_the_diary_after_any_order_and_repeats(
    history: list[list[dict[str, Any]]], chance: Any
) -> None:
    with memory():
        service.forget()
        versions = told(history)
        chance.shuffle(versions)
        for workout_id, revision, version in [*versions, *versions[: len(versions) // 2]]:
            at = NOW + timedelta(minutes=revision)
            deliver(version, workout_id, revision, at=at)
        for kind in (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.EVER):
            expected = recomputed(kind)
            kept = {one.place.sk.removeprefix("BOARDS#") for one in store.SCORES.each(ATHLETE)}
            assert {name: scores(name) for name in kept if period_of_name(name) is kind and scores(name)} == expected
        filled()


def period_of_name(name: str) -> PeriodKind:
    return BoardId("global", "all", BoardMetric.XP, name).span.kind


def filled() -> None:
    """What was moved step by step is what is counted out of the days, to the moment of the tie."""
    for found in list(store.SCORES.each(ATHLETE)):
        name = found.place.sk.removeprefix("BOARDS#")
        assert found.value is not None
        for key in found.value.scores:
            assert is_default(key, period_of_name(name))
            assert not service.fill(ATHLETE, BoardId.of_key(key, name), NOW), (name, key)
