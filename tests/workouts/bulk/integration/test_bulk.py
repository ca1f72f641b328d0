"""Many workouts at once through the Lambda handler."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from stadion import clock
from stadion.dynamo import Transaction
from tests.kit.counting import counted
from tests.kit.events import RUN
from tests.kit.services import ATHLETE, OTHER, Answer, Service
from workouts import service as diary_service
from workouts import store
from workouts.bulk import service

BEGINNING = datetime(2026, 11, 1, 6, tzinfo=UTC)
SHOES = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"


def added(workouts: Service, count: int) -> list[str]:
    starts = [(BEGINNING + timedelta(hours=5 * number)).isoformat() for number in range(count)]
    answers = [workouts.call("POST", "/v1/workouts", {**RUN, "started_at": start}) for start in starts]
    return [str(answer.body["workout_id"]) for answer in answers]


def bulk(workouts: Service, what: str, workout_ids: list[str], *, key: str | None = None, **fields: Any) -> Answer:
    user = fields.pop("user", ATHLETE)
    revisions = fields.pop("revisions", {})
    named = [{"workout_id": one, **({"revision": revisions[one]} if one in revisions else {})} for one in workout_ids]
    headers = {"idempotency_key": key} if key else {}
    return workouts.call("POST", f"/v1/workouts/bulk/{what}", {"workouts": named, **fields}, user=user, **headers)


def told(answer: Answer) -> list[tuple[str, str | None]]:
    assert answer.status == 200, answer.body
    return [(one["status"], (one["problem"] or {}).get("code")) for one in answer.body["results"]]


def left(workouts: Service) -> int:
    return int(workouts.call("GET", "/v1/workouts").body["total"])


def test_many_go_at_once_and_each_is_told_in_its_place(workouts: Service) -> None:
    made, nobodys = added(workouts, 4), str(uuid4())
    asked = [made[2], nobodys, made[0], made[1]]
    answer = bulk(workouts, "delete", asked, revisions={made[1]: 7})
    assert [one["workout_id"] for one in answer.body["results"]] == asked
    assert told(answer) == [
        ("done", None),
        ("failed", "workout_not_found"),
        ("done", None),
        ("failed", "version_is_stale"),
    ]
    assert left(workouts) == 2
    assert len(workouts.published("WorkoutDeleted")) == 2
    again = bulk(workouts, "delete", [*asked, made[2]])
    assert told(again) == [("done", None), ("failed", "workout_not_found"), *[("done", None)] * 3]
    assert len(workouts.published("WorkoutDeleted")) == 3


def test_gear_is_named_for_many_and_the_same_again_changes_nothing(workouts: Service) -> None:
    made = added(workouts, 3)
    assert told(bulk(workouts, "gear", made, gear_ids=[SHOES])) == [("done", None)] * 3
    revisions = dict.fromkeys(made, 1)
    assert told(bulk(workouts, "gear", made, gear_ids=[SHOES], revisions=revisions)) == [("done", None)] * 3
    assert len(workouts.published("WorkoutCorrected")) == 3
    assert len(workouts.call("GET", "/v1/workouts", query={"gear_id": SHOES}).body["items"]) == 3
    assert told(bulk(workouts, "gear", made[:1], gear_ids=None)) == [("done", None)]
    shown = workouts.call("GET", f"/v1/workouts/{made[0]}").body
    assert (shown["gear_ids"], shown["revision"], shown["distance_m"]) == (None, 3, RUN["distance_m"])


def test_other_athletes_workouts_are_not_found(workouts: Service) -> None:
    made = added(workouts, 1)
    for what, fields in (("delete", {}), ("gear", {"gear_ids": [SHOES]})):
        assert told(bulk(workouts, what, made, user=OTHER, **fields)) == [("failed", "workout_not_found")]
    assert left(workouts) == 1


def test_a_deleted_workout_wears_nothing(workouts: Service) -> None:
    made = added(workouts, 1)
    bulk(workouts, "delete", made)
    assert told(bulk(workouts, "gear", made, gear_ids=[SHOES])) == [("failed", "workout_not_found")]


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("delete", {"workouts": []}),
        ("delete", {"workouts": [{"workout_id": str(uuid4())}] * 101}),
        ("delete", {"workouts": [{"workout_id": "../x"}]}),
        ("delete", {"workouts": [{"workout_id": str(uuid4()), "revision": 0}]}),
        ("delete", {"workouts": [{"workout_id": str(uuid4())}], "gear_ids": None}),
        ("gear", {"workouts": [{"workout_id": str(uuid4())}]}),
        ("gear", {"workouts": [{"workout_id": str(uuid4())}], "gear_ids": ["a"] * 11}),
    ],
)
def test_what_cannot_be_asked_is_refused(workouts: Service, what: str, body: dict[str, Any]) -> None:
    assert workouts.call("POST", f"/v1/workouts/bulk/{what}", body).status == 422


def test_the_same_key_gets_the_same_answer(workouts: Service) -> None:
    made = added(workouts, 2)
    first = bulk(workouts, "delete", made, key="k-1")
    again = bulk(workouts, "delete", made, key="k-1")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    assert bulk(workouts, "delete", made[:1], key="k-1").body["code"] == "idempotency_key_reused"


def test_what_time_was_too_short_for_is_told_and_done_when_it_is_sent_again(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, seconds = added(workouts, 4), iter([0.0, 1.0, 5.0, 9.0, 9.5])
    with monkeypatch.context() as patch:
        patch.setattr(service.time, "monotonic", lambda: next(seconds))
        first = bulk(workouts, "delete", made, key="k-1")
    assert told(first) == [("done", None), ("done", None), ("not_reached", None), ("not_reached", None)]
    assert told(bulk(workouts, "delete", made, key="k-1")) == [("done", None)] * 4
    assert left(workouts) == 0


def test_one_that_changes_meanwhile_is_looked_at_again_unless_its_revision_was_named(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, write = added(workouts, 2), Transaction.commit

    def overtaken(transaction: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", write)
        for workout_id in made:
            seen = store.several(ATHLETE, [workout_id])[workout_id]
            assert not isinstance(seen, store.Deleted)
            known = diary_service.detail(ATHLETE, workout_id)
            diary_service.correct(known, {"name": "Named meanwhile"}, clock.now())
        write(transaction)

    monkeypatch.setattr(Transaction, "commit", overtaken)
    answer = bulk(workouts, "gear", made, gear_ids=[SHOES], revisions={made[1]: 1})
    assert told(answer) == [("done", None), ("failed", "version_is_stale")]
    shown = workouts.call("GET", f"/v1/workouts/{made[0]}").body
    assert (shown["name"], shown["gear_ids"]) == ("Named meanwhile", [SHOES])


def test_each_costs_a_look_and_a_write(workouts: Service) -> None:
    made = added(workouts, 3)
    with counted() as operations:
        bulk(workouts, "gear", made, gear_ids=[SHOES])
    assert operations[1:] == ["BatchGetItem", *["BatchGetItem", "TransactWriteItems"] * 3]
    with counted() as operations:
        bulk(workouts, "delete", made)
    assert operations[1:] == ["BatchGetItem", *["BatchGetItem", "TransactWriteItems"] * 3]
