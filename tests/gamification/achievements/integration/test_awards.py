"""What is held is what the whole diary earns: in any order, repeated, corrected, deleted, and when the rules change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamification.achievements import service, store
from gamification.achievements.base.counters import EVER, Unit, reached, recounted, rule_book
from gamification.achievements.base.values import Rule
from gamification.achievements.rules import catalogue
from gamification.achievements.rules import service as rules
from gamification.base.domain import Facts, Source
from gamification.base.store import FACTS
from stadion.change import Change
from stadion.events.workouts import BestEffort, WorkoutFacts
from stadion.ledger import Outcome
from tests.gamification.achievements.books import NOW, OF_EVERY_KIND, count, facts, rule, total
from tests.gamification.achievements.histories import Told, diary, histories
from tests.kit.memory import Memory, memory
from tests.kit.services import ATHLETE

KM = 1_000
TEN_RUNS = rule("two_runs", **count(2, families=["run"]))
FAR = rule("far", measure={"kind": "sum", "sum": "distance_m"}, tiers=[5 * KM, 10 * KM], reward="free_delivery")


@contextmanager
def judged_by(*known: Rule) -> Iterator[Memory]:
    """The rules that come with the code are these."""
    with memory() as stored, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADION_SERVICE", "gamification")
        judge_by(patch, *known)
        yield stored
    rules.forget()


def judge_by(patch: pytest.MonkeyPatch, *known: Rule) -> None:
    patch.setattr(rules, "catalogue", lambda: known)
    rules.forget()


def tell(told: Facts | Told, *, is_news: bool = False, now: Any = NOW) -> service.Moved:
    """As the events of workouts do."""
    workout_id, revision, one = told if isinstance(told, tuple) else (told.workout_id, told.revision, told)
    return service.apply(Source(ATHLETE, workout_id, revision, workout_of(one), now, is_news, NOW))


def workout_of(one: Facts | None) -> WorkoutFacts | None:
    if one is None:
        return None
    efforts = [BestEffort(distance_m=5000.0, start_offset_s=0.0, **effort.model_dump()) for effort in one.best_efforts]
    told = one.model_dump(exclude={"best_efforts", "counts", "xp", "occurred_at"})
    return WorkoutFacts(**told, best_efforts=efforts, flags=[] if one.counts else ["too_fast"])


def held() -> dict[Unit, str | None]:
    found = (stored.value for stored in store.all_awards(ATHLETE).values())
    return {award.unit: award.workout_id for award in found if award is not None and award.holds}


def published(stored: Memory, name: str) -> list[dict[str, Any]]:
    bodies = sorted((item.body for item in stored.stored("outbox")), key=lambda one: one["detail"]["event_id"])
    return [one["detail"]["data"] for one in bodies if one["detail_type"] == name]


@settings(max_examples=60)
@given(told=histories())
def test_any_order_repetition_correction_and_deletion_leaves_what_the_diary_earns(told: list[Told]) -> None:
    book = rule_book(OF_EVERY_KIND)
    with judged_by(*OF_EVERY_KIND):
        for one in told:
            tell(one)
        expected = recounted(book, diary(told))
        assert set(held()) == set(reached(book, expected))
        tallies = store.tallies(ATHLETE, expected)
        assert {name: one.value.totals for name, one in tallies.items() if one.value and one.value.totals} == {
            name: totals for name, totals in expected.items() if totals
        }
        earning = {one.workout_id for one in diary(told)}
        assert {workout for workout in held().values() if workout is not None} <= earning


@settings(max_examples=40)
@given(told=histories(5), changed_after=st.integers(0, 10), seed=st.sets(st.sampled_from(range(len(OF_EVERY_KIND)))))
def test_rules_that_come_in_the_midst_of_a_diary_end_where_they_would_have_ended_from_the_start(
    told: list[Told], changed_after: int, seed: set[int]
) -> None:
    first = [one for number, one in enumerate(OF_EVERY_KIND) if number not in seed]
    ids = {one.id for one in first}
    first = [one for one in first if set(one.needs or ()) <= ids]
    with judged_by(*first), pytest.MonkeyPatch.context() as patch:
        for number, one in enumerate(told):
            if number == changed_after:
                judge_by(patch, *OF_EVERY_KIND)
            tell(one)
        judge_by(patch, *OF_EVERY_KIND)
        service.settle(ATHLETE, NOW)
        book = rule_book(OF_EVERY_KIND)
        assert set(held()) == set(reached(book, recounted(book, diary(told))))


def test_records_are_earned_with_the_workout_that_brought_them() -> None:
    """Also with one that was measured later. A back-fill knows none."""
    records = rule("records", measure={"kind": "records"}, tiers=[1, 2])
    with judged_by(records), pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "others", lambda _: {"x/records": 1})
        tell(facts("a", hours=24))
        assert held() == {Unit("records", "once", 1): "a"}
        tell(facts("b"))
        patch.setattr(service, "others", lambda _: {"x/records": 2})
        tell(facts("b", distance_m=6_000.0).model_copy(update={"revision": 2}))
        assert held() == {Unit("records", "once", 1): "a", Unit("records", "once", 2): "b"}


def test_an_award_is_earned_once_taken_back_and_comes_back_in_silence() -> None:
    with judged_by(TEN_RUNS) as stored:
        tell(facts("a"), is_news=True)
        assert tell(facts("b", hours=1), is_news=True).unlocked == ("two_runs:once:1",)
        assert tell(facts("b", hours=1), is_news=True).outcome is Outcome.STALE
        assert held() == {Unit("two_runs", "once", 1): "b"}
        assert tell(("a", 2, None)).revoked == ("two_runs:once:1",)
        assert held() == {}
        tell(facts("c", hours=2), is_news=True)
        assert held() == {Unit("two_runs", "once", 1): "c"}
        assert [one["revision"] for one in published(stored, "AchievementUnlocked")] == [1, 3]
        assert [one["revision"] for one in published(stored, "AchievementRevoked")] == [2]
        assert len(published(stored, "NotificationRequested")) == 1, "what comes back is no news"


def test_what_still_holds_without_the_workout_that_earned_it_names_another() -> None:
    with judged_by(TEN_RUNS) as stored:
        for number, name in enumerate("abc"):
            tell(facts(name, hours=number))
        assert held() == {Unit("two_runs", "once", 1): "b"}
        tell(("b", 2, None))
        assert held() == {Unit("two_runs", "once", 1): "c"}
        tell(facts("a", 2, hours=0, counts=False))
        assert held() == {}
        assert len(published(stored, "AchievementRevoked")) == 1


@pytest.mark.parametrize("gone", [None, facts("a", 2, counts=False), facts("a", 2, sport_type="Ride")])
def test_all_that_still_holds_without_a_workout_names_another_however_many_they_are(gone: Facts | None) -> None:
    most = service.MOST_AT_ONCE
    many = [rule(f"run_{number}", **count(1, families=["run"]), reward="free_delivery") for number in range(most + 5)]
    lost = [rule(f"far_{number}", **total("distance_m", 9 * KM), reward="free_delivery") for number in range(most + 5)]
    with judged_by(*many, *lost) as stored:
        tell(facts("a"), is_news=True)
        tell(facts("b", hours=1), is_news=True)
        assert len(held()) == len(many) + len(lost)

        def crash(operation: str, _: Any) -> None:
            if operation == "TransactWriteItems" and stored.commits == done + 1:
                raise ConnectionError

        done = stored.commits
        stored.before = crash
        told = ("a", 2, gone and gone.model_copy(update={"distance_m": 10.0}))
        with pytest.raises(ConnectionError):
            tell(told)
        stored.before = lambda *_: None
        tell(told)
        assert held() == {Unit(one.id, "once", 1): "b" for one in many}


def test_a_burst_is_one_message_that_says_how_many() -> None:
    with judged_by(TEN_RUNS, FAR) as stored:
        tell(facts("a"), is_news=True)
        tell(facts("b", hours=1), is_news=True, now=NOW + timedelta(minutes=10))
        first, second = published(stored, "NotificationRequested")
        assert (first["template"], first["values"]["title"]) == ("achievement_unlocked", {"en": "far I", "ru": "far I"})
        assert (second["template"], second["values"]["count"]) == ("achievements_unlocked", 3)
        assert second["replaces"] == [first["request_id"]]
        assert second["channels"] == ["inbox"]
        tell(facts("c", hours=2, distance_m=None), is_news=True)
        assert len(published(stored, "NotificationRequested")) == 2


def test_the_highest_level_brings_the_reward_and_takes_it_along() -> None:
    with judged_by(FAR) as stored:
        tell(facts("a"), is_news=True)
        assert published(stored, "RewardGranted") == []
        tell(facts("b", hours=1), is_news=True)
        assert [one["earned_by"] for one in published(stored, "RewardGranted")] == ["achievement:far"]
        tell(("a", 2, None))
        assert [one["earned_by"] for one in published(stored, "RewardRevoked")] == ["achievement:far"]


@pytest.mark.parametrize("then", [{"reward": None}, {"reward": "discount_5"}, {"hidden": True}])
def test_a_reward_goes_and_comes_with_its_award_whatever_is_said_of_rewards_later(then: dict[str, Any]) -> None:
    one = rule("two", **count(2), reward="free_delivery")
    with judged_by(one) as stored, pytest.MonkeyPatch.context() as patch:
        tell(facts("a"), is_news=True)
        tell(facts("b", hours=1), is_news=True)
        judge_by(patch, Rule.model_validate({**one.model_dump(by_alias=True), **then}))
        tell(("a", 2, None))
        assert [one["reward"] for one in published(stored, "RewardRevoked")] == ["free_delivery"]
        tell(facts("c"))
        assert [one["reward"] for one in published(stored, "RewardGranted")] == ["free_delivery"] * 2


def test_an_old_diary_is_counted_in_silence_and_brings_no_reward() -> None:
    with judged_by(FAR) as stored:
        tell(facts("a", distance_m=50_000.0))
        assert len(held()) == 2
        assert [one["is_news"] for one in published(stored, "AchievementUnlocked")] == [False, False]
        assert published(stored, "NotificationRequested") + published(stored, "RewardGranted") == []


def test_what_was_in_the_diary_before_there_were_achievements_is_counted_with_the_first_workout() -> None:
    with judged_by(rule("many", **count(130))):
        with_facts(*(facts(f"w-{number}", hours=number / 10) for number in range(129)))
        tell(facts("new", hours=100), is_news=True)
        assert set(held()) == {Unit("many", "once", 1)}
        tell(facts("w-5", 1, hours=0.5))
        assert store.tallies(ATHLETE, [EVER])[EVER].value.totals["n"] == 130  # type: ignore[union-attr]


@given(
    hours=st.lists(st.sampled_from([0, 1, 25, 24 * 6, 24 * 9, 24 * 35]), min_size=2, max_size=6), counts=st.booleans()
)
@settings(max_examples=30)
def test_what_comes_into_a_window_of_before_there_were_achievements_is_counted_with_the_rest(
    hours: list[int], counts: bool
) -> None:
    """The first one kept as facts alone, the others told; or all kept, and counted by a back-fill first."""
    *told, first = (facts(f"w-{number}", hours=one) for number, one in enumerate(hours))
    kept = [first, facts("k-1", hours=1), facts("k-2", hours=24 * 9)]
    with judged_by(*OF_EVERY_KIND):
        with_facts(*kept)
        if counts:
            service.settle(ATHLETE, NOW)
        for one in told:
            tell(one)
        book = rule_book(OF_EVERY_KIND)
        expected = recounted(book, [*kept, *told])
        assert set(held()) == set(reached(book, expected))
        assert store.tallies(ATHLETE, [EVER])[EVER].value.totals == expected[EVER]  # type: ignore[union-attr]


def with_facts(*known: Facts) -> None:
    for one in known:
        with Change(ATHLETE, NOW) as change:
            change.put(FACTS.of(one, ATHLETE), one)


def test_more_awards_than_one_transaction_holds_are_settled_in_several_and_survive_a_crash() -> None:
    many = [rule(f"run_{number}", **count(1), reward="free_delivery") for number in range(65)]
    with judged_by(*many) as stored:

        def crash(operation: str, _: Any) -> None:
            if operation == "TransactWriteItems" and stored.commits == 2:
                raise ConnectionError

        stored.before = crash
        with pytest.raises(ConnectionError):
            tell(facts(), is_news=True)
        stored.before = lambda *_: None
        assert 0 < len(held()) < 65
        tell(facts(), is_news=True)
        assert len(held()) == 65
        assert len(published(stored, "AchievementUnlocked")) == 65


def test_all_that_news_earns_is_told_and_rewarded_however_many_transactions_it_takes() -> None:
    many = [rule(f"run_{number}", **count(1), reward="free_delivery") for number in range(45)]
    steady = rule("steady", measure={"kind": "streak", "unit": "week"}, target=2, reward="discount_5")
    with judged_by(*many, steady) as stored, pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "others", lambda _: {"x/streak.week": 1})
        tell(facts("yoga", counts=False))
        patch.setattr(service, "others", lambda _: {"x/streak.week": 2})
        tell(facts(hours=24 * 7), is_news=True)
        assert len(held()) == 46
        assert len(published(stored, "RewardGranted")) == 46
        assert all(one["is_news"] for one in published(stored, "AchievementUnlocked"))
        assert published(stored, "NotificationRequested")[-1]["values"]["count"] == 46


@pytest.mark.parametrize("is_news", [True, False])
def test_what_news_earns_while_its_diary_is_counted_by_other_rules_is_told_and_the_rest_is_not(is_news: bool) -> None:
    """The first workout after a rule was added counts the diary anew."""
    with judged_by(TEN_RUNS, FAR) as stored, pytest.MonkeyPatch.context() as patch:
        tell(facts("a"))
        judge_by(patch, TEN_RUNS, FAR, rule("had_done", **count(1), reward="discount_5"))
        tell(facts("b", hours=1), is_news=is_news)
        assert {unit.rule_id: by for unit, by in held().items()} == {"two_runs": "b", "far": "b", "had_done": "a"}
        new = {one["achievement_id"] for one in published(stored, "AchievementUnlocked") if one["is_news"]}
        assert new == ({"two_runs", "far"} if is_news else set())
        assert [one["earned_by"] for one in published(stored, "RewardGranted")] == ["achievement:far"] * is_news
        assert [one["values"]["count"] for one in published(stored, "NotificationRequested")] == [2] * is_news


def test_what_was_earned_under_an_older_version_stays_and_is_not_earned_again() -> None:
    harder = TEN_RUNS.model_copy(update={"version": 2, "target": 3})
    with judged_by(TEN_RUNS) as stored, pytest.MonkeyPatch.context() as patch:
        for name in "ab":
            tell(facts(name))
        judge_by(patch, TEN_RUNS, harder)
        service.settle(ATHLETE, NOW)
        assert held() == {Unit("two_runs", "once", 1): "b"}
        tell(facts("c"), is_news=True)
        assert len(published(stored, "AchievementUnlocked")) == 1, "of one level there is one"
        tell(("c", 2, None))
        assert len(held()) == 1
        tell(("b", 2, None))
        assert held() == {}, "and it goes when nothing earns it by either version"
        tell(facts("d"))
        assert len(held()) == 1, "it comes back by the version by which it was earned"


def test_who_has_not_earned_the_older_version_has_to_do_what_the_newer_asks() -> None:
    harder = TEN_RUNS.model_copy(update={"version": 2, "target": 3})
    with judged_by(TEN_RUNS, harder):
        for name in "ab":
            tell(facts(name))
        assert held() == {}
        tell(facts("c"))
        assert len(held()) == 1


def test_what_is_retired_is_earned_by_nobody_and_kept_by_who_has_it() -> None:
    with judged_by(TEN_RUNS), pytest.MonkeyPatch.context() as patch:
        for name in "ab":
            tell(facts(name))
        judge_by(patch, TEN_RUNS.model_copy(update={"retired": True}), FAR)
        service.settle(ATHLETE, NOW)
        assert Unit("two_runs", "once", 1) in held()


def test_a_function_that_has_not_read_a_rule_yet_leaves_its_awards_alone() -> None:
    with judged_by(TEN_RUNS, FAR) as stored, pytest.MonkeyPatch.context() as patch:
        for name in "ab":
            tell(facts(name))
        judge_by(patch, TEN_RUNS)
        tell(facts("c"))
        service.settle(ATHLETE, NOW)
        assert published(stored, "AchievementRevoked") == []
        judge_by(patch, TEN_RUNS, FAR)
        tell(("a", 2, None))
        tell(("b", 2, None))
        tell(("c", 2, None))
        assert held() == {}


def test_counting_a_diary_again_changes_nothing() -> None:
    with judged_by(*OF_EVERY_KIND) as stored:
        for number in range(4):
            tell(facts(f"w-{number}", hours=30 * number))
        before = stored.commits
        assert service.settle(ATHLETE, NOW).outcome is Outcome.UNCHANGED
        assert stored.commits == before


def test_a_correction_that_says_the_same_writes_no_award() -> None:
    with judged_by(TEN_RUNS, rule("five_km", **total("distance_m", 5 * KM))) as stored:
        tell(facts("a"))
        tell(facts("a", 2))
        assert len(published(stored, "AchievementUnlocked")) == 1
        assert published(stored, "AchievementRevoked") == []


def test_the_shipped_catalogue_is_read() -> None:
    assert catalogue.catalogue() is catalogue.catalogue()
