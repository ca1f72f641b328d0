"""Old workouts are measured anew: first a list, then what was listed, whatever is killed in between."""

from datetime import timedelta
from typing import Any

import pytest

from stadion import clock
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE
from tests.workouts.remeasure.integration.world import Diaries, Killed
from workouts.remeasure import choosing_service, measuring_service

pytestmark = pytest.mark.long
CHANGED = {f"w-{number:02}" for number in range(20) if number % 3 == 0 and number % 7 != 6}


def test_a_dry_run_lists_what_would_change_and_writes_nothing_else(diaries: Diaries) -> None:
    diaries.many()
    before = diaries.workouts.bodies("workout")
    diaries.dry_run()
    listed = diaries.listed("dry")
    assert listed.keys() == CHANGED
    assert listed["w-03"]["changes"] == {"distance_m": [5003.0, 4903.0]}
    assert diaries.run("dry")["counts"] == {
        "changed": len(CHANGED), "otherwise": 0, "unchanged": 18 - len(CHANGED), "left": 2, "gone": 0, "failed": 0,
    }  # fmt: skip
    assert (diaries.workouts.bodies("workout"), diaries.corrected()) == (before, {})
    assert {write for _, write in diaries.measured} == {False}
    assert sorted(name for name, _ in diaries.measured) == sorted(diaries.true_m)  # each once


def test_applied_the_list_comes_true_and_nothing_else_is_touched(diaries: Diaries) -> None:
    diaries.many()
    diaries.dry_run()
    expected = diaries.wrong()
    diaries.measured.clear()
    diaries.begin("real", dry_run_id="dry")
    assert diaries.wait()[-1] == "SUCCEEDED"
    assert diaries.wrong() == {}
    assert diaries.corrected() == expected
    assert sorted(diaries.measured) == [(name, True) for name in sorted(CHANGED)]
    changes = {name: one["changes"] for name, one in diaries.listed("real").items()}
    assert changes == {name: one["changes"] for name, one in diaries.listed("dry").items()}


@pytest.mark.parametrize("is_real", [False, True], ids=["dry", "real"])
@pytest.mark.parametrize(
    ("step", "first", "second"),
    [("choose_workouts", 1, 3), ("measure_batch", 1, 3), ("measure_batch", 2, 2), ("close_run", 1, 2)],
)
def test_killed_twice_and_resumed_it_ends_the_same(
    diaries: Diaries, step: str, first: int, second: int, *, is_real: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing_service, "WORK_S", -1.0)  # each step chooses one batch, or measures one workout
    monkeypatch.setattr(measuring_service, "WORK_S", -1.0)
    diaries.many()
    if is_real:
        diaries.dry_run()
        diaries.calls.clear()
    expected, left = diaries.wrong(), [first, second]

    def kill(_: int) -> None:
        if left and diaries.calls[step] >= left[0]:
            diaries.calls[step] = 0
            left.pop(0)
            diaries.kill()

    diaries.before[step] = kill
    diaries.begin("run", dry_run_id="dry" if is_real else None)
    diaries.wait()
    for _ in range(2):
        if diaries.run("run")["state"] != "ended":  # of the last step, what was called before the kill is done
            diaries.act("run", "resume")
            diaries.wait()
    assert len(left) == (step == "close_run")
    run = diaries.run("run")
    assert (run["state"], run["counts"]["changed"]) == ("ended", len(CHANGED))
    assert diaries.listed("run").keys() == CHANGED
    assert diaries.listed("run")["w-03"]["changes"] == {"distance_m": [5003.0, 4903.0]}
    assert (diaries.corrected(), diaries.wrong()) == ((expected, {}) if is_real else ({}, expected))


@pytest.mark.parametrize("killed_at", range(1, 8))
def test_a_step_that_ends_between_a_workout_and_its_outcome_loses_and_repeats_nothing(
    diaries: Diaries, killed_at: int
) -> None:
    """The workout was corrected, the list does not say so yet: the next step lists what was before the run."""
    diaries.many()
    diaries.dry_run()
    diaries.measured.clear()
    expected = diaries.wrong()

    def end(number: int) -> None:
        if number == killed_at:
            raise Killed

    diaries.while_measuring = end
    diaries.begin("real", dry_run_id="dry")
    assert diaries.wait()[-1] == "SUCCEEDED"
    assert (diaries.corrected(), diaries.wrong()) == (expected, {})
    assert diaries.listed("real")["w-00"]["changes"] == {"distance_m": [5000.0, 4900.0]}
    assert {one["outcome"] for one in diaries.listed("real").values()} == {"changed"}


def test_a_workout_that_fails_is_listed_and_the_others_go_on(diaries: Diaries) -> None:
    diaries.many(8)
    diaries.true_m["w-01"] = ValueError("no such columns")
    diaries.dry_run()
    listed = diaries.listed("dry")
    assert (listed["w-01"]["outcome"], listed["w-01"]["error"]) == ("failed", "ValueError")
    assert diaries.run("dry")["counts"]["changed"] == 2
    diaries.true_m["w-01"] = 4000.0  # mended
    diaries.begin("real", dry_run_id="dry")
    diaries.wait()
    assert diaries.wrong() == {}
    assert diaries.listed("real")["w-01"]["changes"] == {"distance_m": [5001.0, 4000.0]}


def test_a_workout_that_ends_every_function_is_listed_and_the_others_go_on(diaries: Diaries) -> None:
    diaries.many(8)

    def end(_: int) -> None:
        if diaries.measured[-1][0] == "w-03":
            raise Killed

    diaries.while_measuring = end
    diaries.dry_run()
    listed = diaries.listed("dry")
    assert (listed["w-03"]["outcome"], listed["w-03"]["error"]) == ("failed", "EndsItsFunction")
    assert sum(name == "w-03" for name, _ in diaries.measured) == 3
    assert sum(diaries.run("dry")["counts"].values()) == 8


def test_an_edit_since_the_dry_run_is_kept_and_told(diaries: Diaries) -> None:
    diaries.many(8)
    diaries.dry_run()
    diaries.true_m |= {"w-00": 5000.0, "w-03": 4800.0}  # of newer code, or another sport
    diaries.workouts.call("PATCH", "/v1/workouts/w-03", {"name": "Mine"}, if_match='"1"')
    diaries.begin("real", dry_run_id="dry")
    diaries.wait()
    listed = diaries.listed("real")
    assert listed.keys() == {"w-03"}
    assert (listed["w-03"]["outcome"], listed["w-03"]["changes"]) == ("otherwise", {"distance_m": [5003.0, 4800.0]})
    (workout,) = [one for one in diaries.workouts.bodies("workout") if one["workout_id"] == "w-03"]
    assert (workout["name"], workout["distance_m"], workout["revision"]) == ("Mine", 4800.0, 3)


def test_a_workout_that_was_deleted_since_is_gone(diaries: Diaries) -> None:
    diaries.many(8)
    diaries.dry_run()
    diaries.workouts.call("DELETE", "/v1/workouts/w-00", if_match='"1"')
    diaries.begin("real", dry_run_id="dry")
    diaries.wait()
    assert diaries.run("real")["counts"] | {"changed": 1, "gone": 1} == diaries.run("real")["counts"]


@pytest.mark.parametrize(
    ("which", "chosen"),
    [
        ({}, 21),
        ({"user_id": ATHLETE}, 8),
        ({"started_from": "2026-10-15T00:00:00Z", "started_to": "2026-10-20T00:00:00Z"}, 5),
        ({"format": "fit"}, 1),
        ({"format": "fit", "user_id": ATHLETE}, 1),
        ({"format": "tcx"}, 0),
    ],
)
def test_it_looks_at_the_recordings_that_were_named(diaries: Diaries, which: dict[str, Any], chosen: int) -> None:
    diaries.many()
    file = {"key": "k", "filename": "a", "format": "fit", "sha256": "f", "size": 1}
    diaries.write("w-fit", 5000.0, days_ago=100, files=[file, file | {"format": "tcx", "replaced": True}])
    diaries.write("w-manual", 5000.0, days_ago=101, files=[], origin="manual")
    diaries.true_m |= {"w-fit": 5000.0}
    diaries.dry_run(**which)
    run = diaries.run("dry")
    assert (run["chosen"], sum(run["counts"].values())) == (chosen, chosen)


def test_a_live_workout_without_a_file_is_looked_at_too(diaries: Diaries) -> None:
    now = clock.now()
    live = {"session_id": "l-1", "revision": 1, "sport_type": "Run", "started_at": now, "ended_at": now}
    diaries.write("w-live", 5000.0, days_ago=1, files=[], origin="live", live=live)
    diaries.true_m["w-live"] = 4900.0
    diaries.dry_run()
    assert diaries.listed("dry").keys() == {"w-live"}


def test_stopped_it_stands_and_resumed_it_goes_on(diaries: Diaries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring_service, "WORK_S", -1.0)
    diaries.many()
    diaries.before["measure_batch"] = lambda number: diaries.act("dry", "stop") and None if number == 3 else None
    diaries.begin("dry")
    assert diaries.wait() == ["SUCCEEDED"]
    stopped = diaries.run("dry")
    assert (stopped["is_stopped"], stopped["state"]) == (True, "measuring")
    assert 0 < sum(stopped["counts"].values()) < 20
    diaries.before.clear()
    diaries.act("dry", "resume")
    assert diaries.wait() == ["SUCCEEDED", "SUCCEEDED"]
    assert sum(diaries.run("dry")["counts"].values()) == 20
    assert diaries.admin("POST", "/dry/status", {"action": "resume"}, status=409)["code"] == "remeasure_run_has_ended"


def test_an_execution_that_was_taken_over_from_does_nothing_more(diaries: Diaries) -> None:
    diaries.many(8)
    diaries.before["choose_workouts"] = lambda number: diaries.act("dry", "resume") and None if number == 1 else None
    diaries.begin("dry")
    assert diaries.wait() == ["SUCCEEDED", "SUCCEEDED"]
    assert diaries.calls["close_run"] == 1
    assert diaries.run("dry")["attempt"] == 2
    assert len(diaries.measured) == 8


def test_a_step_that_fails_for_good_is_seen_and_the_run_goes_on_from_there(diaries: Diaries) -> None:
    diaries.many(8)

    def fail(_: int) -> None:
        raise RuntimeError("no table")

    diaries.before["close_run"] = fail
    diaries.begin("dry")
    assert diaries.wait() == ["FAILED"]
    assert diaries.run("dry")["failure"]["cause"] == "no table"
    diaries.before.clear()
    diaries.act("dry", "resume")
    assert diaries.wait()[-1] == "SUCCEEDED"
    assert (diaries.run("dry")["failure"], len(diaries.measured)) == (None, 8)


def test_only_the_list_of_a_recent_dry_run_that_has_ended_is_applied(diaries: Diaries, standing_clock: Clock) -> None:
    refused = "remeasure_wants_a_dry_run"
    assert diaries.admin("PUT", "/real", {"dry_run_id": "nothing"}, status=404)["code"] == "remeasure_run_not_found"
    diaries.dry_run()
    diaries.begin("real", dry_run_id="dry")
    diaries.wait()
    assert diaries.admin("PUT", "/again", {"dry_run_id": "real"}, status=409)["code"] == refused
    standing_clock.set(standing_clock.now() + timedelta(days=7, seconds=1))
    assert diaries.admin("PUT", "/late", {"dry_run_id": "dry"}, status=409)["code"] == refused


def test_a_list_is_applied_by_one_run(diaries: Diaries) -> None:
    """A second one would measure nothing, and tell the first one's changes as its own."""
    diaries.dry_run()
    diaries.begin("real", dry_run_id="dry")
    diaries.wait()
    again = diaries.admin("PUT", "/again", {"dry_run_id": "dry"}, status=409)
    assert (again["code"], "real" in again["detail"]) == ("remeasure_was_applied", True)
    assert diaries.run("dry")["applied_by"] == "real"
    assert diaries.begin("real", dry_run_id="dry")["state"] == "ended"


@pytest.mark.parametrize(
    "body",
    [
        {"format": "kml"},
        {"format": "FIT"},
        {"started_from": "2026-01-02T00:00:00Z", "started_to": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_run_over_what_cannot_be_is_not_begun(diaries: Diaries, body: dict[str, str]) -> None:
    assert diaries.admin("PUT", "/dry", body, status=422)["code"] == "request_is_invalid"


def test_the_same_run_asked_for_twice_is_one(diaries: Diaries) -> None:
    first = diaries.begin("dry", user_id=ATHLETE)
    assert diaries.wait() == ["SUCCEEDED"]
    again = diaries.begin("dry", user_id=ATHLETE)
    assert (again["run_id"], again["created_at"], diaries.wait()) == ("dry", first["created_at"], ["SUCCEEDED"])
    assert diaries.admin("PUT", "/dry", {"format": "fit"}, status=409)["code"] == "remeasure_run_taken"
    assert [run["run_id"] for run in diaries.admin("GET")["items"]] == ["dry"]
