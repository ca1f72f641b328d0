"""The diary's list through its Lambda handler."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from stadion import clock
from stadion.dynamo import Item, Transaction
from tests.kit.consents import consent
from tests.kit.counting import counted
from tests.kit.events import RUN
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.workouts.listed import check_list
from workouts import store
from workouts.base import index_store
from workouts.base.index_store import CountedItem
from workouts.lists import index_service
from workouts.lists.errors import DiaryIsBeingListedError

BIKE = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"
BEGINNING = datetime(2026, 11, 1, 6, tzinfo=UTC)


def add(workouts: Service, number: int = 0, **fields: Any) -> str:
    """A run of the day of that number."""
    sent = {
        **RUN,
        "started_at": (BEGINNING + timedelta(hours=5 * number)).isoformat(),
        "on_duplicate": "force",
        **fields,
    }
    answer = workouts.call("POST", "/v1/workouts", sent)
    assert answer.status == 201, answer.body
    return str(answer.body["workout_id"])


def ids(workouts: Service, **query: str) -> list[str]:
    answer = workouts.call("GET", "/v1/workouts", query=query)
    assert answer.status == 200, answer.body
    return [one["workout_id"] for one in answer.body["items"]]


def test_a_workout_is_in_the_list_as_soon_as_it_was_answered(workouts: Service) -> None:
    first = add(workouts)
    assert ids(workouts) == [first]
    workouts.call("PATCH", f"/v1/workouts/{first}", {"name": "Вечерний лес"}, if_match="*")
    assert ids(workouts, q="веч ЛЕС") == [first]
    workouts.call("DELETE", f"/v1/workouts/{first}", if_match="*")
    assert ids(workouts) == []


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Tromsø", "TROMSO"),
        ("Łódź", "lodz"),
        ("Đà Nẵng", "da nang"),
        ("IŞIK", "ışık"),
        ("Ærø", "aero"),
        ("Þingvellir", "thing"),
        ("Tromso", "tromsø"),
        ("Straße", "STRASSE"),
        ("Йога", "иога"),
    ],
)
def test_a_word_is_found_whatever_its_accents(workouts: Service, name: str, asked: str) -> None:
    found = add(workouts, name=name)
    assert ids(workouts, q=asked) == [found]


def test_a_tag_with_a_comma_is_found(workouts: Service) -> None:
    both = add(workouts, 1, tags=["Club, Hills"])
    one = add(workouts, 2, tags=["club"])
    assert ids(workouts, tag="club, hills") == [both]
    assert ids(workouts, tag="club,hills") == [both]
    assert ids(workouts, tag="club") == [one, both]
    assert ids(workouts, tag="hill") == []


def test_every_filter_finds_what_it_says(workouts: Service) -> None:
    race = add(workouts, 1, distance_m=21_100, moving_time_s=1800, marks=["race"], tags=["Club"], ascent_m=120)
    ride = add(workouts, 2, sport_type="Ride", distance_m=12_000, notes="Headwind, again", gear_ids=[BIKE])
    walk = add(workouts, 3, sport_type="Walk", distance_m=500, description="To the bakery")
    found = {
        race: [
            {"mark": "race"},
            {"tag": "club"},
            {"min_distance_m": "20000"},
            {"min_ascent_m": "1", "max_ascent_m": "120"},
            {"flagged": "true"},
            {"max_moving_time_s": "1800", "sport_type": "Run,Swim"},
        ],
        ride: [{"q": "head AGAIN"}, {"gear_id": BIKE}, {"min_speed_mps": "6", "max_speed_mps": "8"}],
        walk: [{"q": "bak"}, {"max_speed_mps": "1"}, {"max_distance_m": "500"}],
    }
    for workout_id, queries in found.items():
        for query in queries:
            assert ids(workouts, **query) == [workout_id], query
    assert ids(workouts, sport_type="Run,Walk") == [walk, race]
    assert ids(workouts, has_gps="true") == []
    assert ids(workouts, flagged="false", order="distance") == [walk, ride]
    assert ids(workouts, order="-speed") == [race, ride, walk]
    assert ids(workouts, tag="club,hills") == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"q": "—"}, 400, "search_has_no_words"),
        ({"q": "x" * 101}, 422, "request_is_invalid"),
        ({"order": "name"}, 422, "request_is_invalid"),
        ({"mark": "fast"}, 422, "request_is_invalid"),
        ({"sport_type": "Run,Chess"}, 422, "request_is_invalid"),
        ({"tag": ",".join(map(str, range(11)))}, 422, "request_is_invalid"),
        ({"min_speed_mps": "-1"}, 422, "request_is_invalid"),
        ({"cursor": "W10"}, 400, "cursor_is_invalid"),
    ],
)
def test_what_cannot_be_asked_is_refused(workouts: Service, query: dict[str, str], status: int, code: str) -> None:
    answer = workouts.call("GET", "/v1/workouts", query=query)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_pages_lead_both_ways_and_tell_the_total(workouts: Service) -> None:
    made = [add(workouts, number, sport_type="Ride" if number == 3 else "Run") for number in range(5)][::-1]
    first = workouts.call("GET", "/v1/workouts", query={"limit": "2"}).body
    assert ([one["workout_id"] for one in first["items"]], first["prev_cursor"], first["total"]) == (made[:2], None, 5)
    second = workouts.call("GET", "/v1/workouts", query={"limit": "2", "cursor": first["next_cursor"]}).body
    assert [one["workout_id"] for one in second["items"]] == made[2:4]
    back = workouts.call("GET", "/v1/workouts", query={"limit": "2", "cursor": second["prev_cursor"]}).body
    assert ([one["workout_id"] for one in back["items"]], back["prev_cursor"]) == (made[:2], None)
    assert ids(workouts, limit="2", cursor=back["next_cursor"]) == made[2:4]
    of_runs = workouts.call("GET", "/v1/workouts", query={"sport_type": "Run", "limit": "1"}).body
    assert of_runs["total"] == 4
    assert workouts.call("GET", "/v1/workouts", query={"sport_type": "Run,Ride"}).body["total"] == 5
    assert workouts.call("GET", "/v1/workouts", query={"min_distance_m": "1"}).body["total"] is None
    other = {"cursor": first["next_cursor"], "order": "started_at"}
    assert workouts.call("GET", "/v1/workouts", query=other).body["code"] == "cursor_is_invalid"


def test_a_flag_of_the_heart_is_one_for_who_agrees_alone(workouts: Service) -> None:
    from workouts.domain import WorkoutFlag

    workout_id = add(workouts)
    seen = store.get(ATHLETE, workout_id)
    flagged = seen.changed(clock.now(), flags=[WorkoutFlag.of("heart_rate_too_high", bpm=260).model_dump()])
    slots = store.slots_of(seen)
    with store.Change(ATHLETE, clock.now()) as change:
        store.correct(change, seen, flagged, slots)
        slots.write(change)
    assert (ids(workouts, flagged="true"), ids(workouts, flagged="false")) == ([workout_id], [])

    withdrawn = consent(granted=False, revision=2)
    assert workouts.invoke("athletes/on_account_events", sqs_event(withdrawn)) == {"batchItemFailures": []}

    assert (ids(workouts, flagged="true"), ids(workouts, flagged="false")) == ([], [workout_id])


def test_another_athletes_workouts_are_in_no_list(workouts: Service) -> None:
    add(workouts, name="Mine")
    assert workouts.call("GET", "/v1/workouts", query={"q": "mine"}, user=OTHER).body["items"] == []
    assert workouts.call("GET", "/v1/workouts", user=OTHER).body["total"] == 0


# --- diaries of before the index ------------------------------------------------------------------------------------


def forget_index(user_id: str = ATHLETE) -> None:
    """As before there was one."""
    table = boto3.resource("dynamodb").Table(Item.table_name())
    for item in list(Item.scan(Item.kind.is_in("entry", "diary", "sums"))):
        if user_id in item.pk:
            table.delete_item(Key={"pk": item.pk, "sk": item.sk})


def test_a_diary_of_before_the_index_is_listed_whole_at_its_first_list(workouts: Service) -> None:
    made = [add(workouts, number) for number in range(30)][::-1]
    gone = made.pop(3)
    workouts.call("DELETE", f"/v1/workouts/{gone}", if_match="*")
    forget_index()
    workouts.call("PATCH", f"/v1/workouts/{made[0]}", {"name": "Named before it was listed"}, if_match="*")

    answer = workouts.call("GET", "/v1/workouts").body

    assert ([one["workout_id"] for one in answer["items"]], answer["total"]) == (made, 29)
    assert ids(workouts, q="named before") == made[:1]
    check_list(ATHLETE)
    made.insert(0, add(workouts, 31))
    assert ids(workouts) == made


def between(monkeypatch: pytest.MonkeyPatch, name: str, do: Callable[[], Any], *, times: int = 1) -> None:
    """`do` happens before the function of the index's store, the first times that it is called."""
    straight, left = getattr(index_store, name), [do] * times

    def called(*arguments: Any, **named: Any) -> Any:
        if left:
            left.pop()()
        return straight(*arguments, **named)

    monkeypatch.setattr(index_store, name, called)


@pytest.mark.parametrize("step", ["build", "let_count"])
def test_what_is_written_while_the_index_is_built_is_in_it(
    workouts: Service, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    old = add(workouts)
    gone = add(workouts, 1)
    forget_index()
    made: list[str] = []

    def meanwhile() -> None:
        made.append(add(workouts, 2))
        workouts.call("DELETE", f"/v1/workouts/{gone}", if_match="*")

    between(monkeypatch, step, meanwhile)
    assert ids(workouts) == [made[0], old]
    check_list(ATHLETE)


def test_two_that_build_at_once_leave_one_index(workouts: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [add(workouts, number) for number in range(3)][::-1]
    forget_index()
    between(monkeypatch, "let_count", lambda: index_service.build(ATHLETE, clock.now()))
    assert ids(workouts) == made
    check_list(ATHLETE)


def test_what_a_slow_builder_leaves_is_in_no_list(workouts: Service) -> None:
    """It wrote entries of an index that never counted, and was killed."""
    made = add(workouts)
    forget_index()
    _, generation = index_store.begin(ATHLETE)
    stale = store.get(ATHLETE, made).model_copy(update={"name": "Stale"})
    index_store.build(ATHLETE, generation, [stale], clock.now())
    assert ids(workouts) == [made]
    index_store.build(ATHLETE, generation, [stale], clock.now())  # late
    assert (ids(workouts), ids(workouts, q="stale"), ids(workouts, order="distance")) == ([made], [], [made])
    assert (
        workouts.call("GET", "/v1/workouts/totals", query={"from": "2026-11-01", "to": "2026-11-02"}).body["count"] == 1
    )


def test_a_diary_that_never_stands_still_is_not_listed_by_halves(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(workouts)
    forget_index()
    numbers = iter(range(1, 100))
    between(monkeypatch, "let_count", lambda: add(workouts, next(numbers)), times=4)
    answer = workouts.call("GET", "/v1/workouts")
    assert (answer.status, answer.body["code"]) == (503, DiaryIsBeingListedError.code)
    assert len(ids(workouts)) == 5


def test_a_long_diary_is_listed_behind_the_request_and_nothing_is_shown_before(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [add(workouts, number) for number in range(4)][::-1]
    forget_index()
    monkeypatch.setattr(index_service, "WHILE_ONE_WAITS", 3)
    for path in ("/v1/workouts", "/v1/workouts/totals"):
        answer = workouts.call("GET", path)
        assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (
            503,
            "diary_is_being_listed",
            "5",
        )
    asked = workouts.published("DiaryIndexAsked")
    for _ in range(2):
        assert workouts.invoke("lists/on_diary_index", sqs_event(*asked)) == {"batchItemFailures": []}
    assert ids(workouts) == made
    check_list(ATHLETE)


def test_an_index_that_counts_no_more_is_built_anew_from_the_workouts(workouts: Service) -> None:
    made = [add(workouts, number) for number in range(3)][::-1]
    CountedItem.updated(f"ATHLETE#{ATHLETE}", "DIARY", [CountedItem.workouts.add(7)])
    index_service.build_anew(ATHLETE, clock.now())
    assert workouts.call("GET", "/v1/workouts").body["total"] == 3
    assert ids(workouts) == made
    check_list(ATHLETE)


def test_a_writer_that_looked_before_the_index_changed_looks_again(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, write = add(workouts), Transaction.commit

    def commit(transaction: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", write)
        index_service.build_anew(ATHLETE, clock.now())
        write(transaction)

    monkeypatch.setattr(Transaction, "commit", commit)
    second = add(workouts, 1)
    assert ids(workouts) == [second, first]
    check_list(ATHLETE)


def test_a_page_costs_two_requests_and_three_of_a_long_diary(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        add(workouts, number, name=f"Run {number}")
    for query in (
        {},
        {"q": "run", "order": "-distance"},
        {"sport_type": "Run", "min_distance_m": "1"},
        {"flagged": "false"},
    ):
        with counted() as operations:
            assert len(ids(workouts, **query)) == 6
        assert operations[1:] == ["Query", "BatchGetItem"], query
