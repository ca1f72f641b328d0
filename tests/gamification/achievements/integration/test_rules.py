"""Rules that admins add, and the run that counts all diaries by them."""

from typing import Any

import pytest

from gamification.achievements.backfill import steps
from gamification.achievements.rules import service as rules
from gamification.achievements.rules.catalogue import catalogue
from tests.gamification.achievements.books import count, document
from tests.gamification.achievements.integration.world import ATHLETES, Diaries, Killed
from tests.kit.events import recorded
from tests.kit.services import Service

BASE = "/v1/admin/achievements"
THREE: dict[str, Any] = document("three_in_november", **count(3, families=["run"]), window="month")


def test_what_is_wrong_is_said_at_its_place_in_both_languages_and_adds_nothing(gamification: Service) -> None:
    wrong = document("night_run", **count(1, local_hour={"from": 5, "to": 5}), needs=["no_such_thing"])
    checked = gamification.sign("POST", f"{BASE}/check", wrong)
    assert (checked.status, checked.body["is_valid"]) == (200, False)
    assert [one["pointer"] for one in checked.body["problems"]] == ["#/where/local_hour", "#/needs/0"]
    refused = gamification.sign("PUT", f"{BASE}/night_run", wrong, accept_language="ru")
    assert (refused.status, refused.body["code"]) == (400, "achievement_rule_is_invalid")
    assert "тренировка" in refused.body["errors"][0]["detail"]
    assert gamification.sign("GET", f"{BASE}/night_run").status == 404
    assert gamification.sign("POST", f"{BASE}/check", document("x y")).status == 422
    assert gamification.sign("PUT", f"{BASE}/another", THREE).body["code"] == "achievement_name_differs"


def test_a_changed_rule_is_a_new_version_and_another_text_is_none(gamification: Service) -> None:
    def put(document: dict[str, Any]) -> tuple[int, bool]:
        answer = gamification.sign("PUT", f"{BASE}/{document['id']}", document)
        assert answer.status == 200, answer.body
        return answer.body["version"], answer.body["is_retired"]

    assert put(THREE) == (1, False)
    assert put(THREE) == (1, False)
    assert put({**THREE, "title": {"en": "Other", "ru": "Другое"}}) == (1, False)
    assert put({**THREE, "target": 4}) == (2, False)
    assert gamification.sign("POST", f"{BASE}/three_in_november/retire").body["is_retired"]
    assert put({**THREE, "target": 4}) == (3, False)
    shipped = gamification.sign("GET", f"{BASE}/first_run").body["rule"]
    assert put(shipped) == (1, False)
    assert put({**shipped, "target": 2}) == (rules.FIRST_OF_ADMINS, False)
    listed = gamification.sign("GET", BASE).body["items"]
    assert len(listed) == len(catalogue()) + 1
    assert all(one["words"]["en"] and one["words"]["ru"] for one in listed)


def test_what_others_need_is_not_retired(gamification: Service) -> None:
    refused = gamification.sign("POST", f"{BASE}/marathon/retire")
    assert (refused.status, refused.body["code"]) == (409, "achievement_is_needed")
    assert gamification.sign("POST", f"{BASE}/ultra/retire").status == 200
    assert gamification.sign("POST", f"{BASE}/marathon/retire").status == 200


def test_there_are_no_more_rules_than_a_workout_can_be_judged_by(
    gamification: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_RULES", len(catalogue()))
    refused = gamification.sign("PUT", f"{BASE}/three_in_november", THREE)
    assert (refused.status, refused.body["code"]) == (409, "too_many_achievements")


def test_an_unsigned_request_is_refused(gamification: Service) -> None:
    assert gamification.call("GET", BASE).status in {401, 403}


def test_a_new_rule_is_earned_by_everybody_who_had_done_it_without_a_word(diaries: Diaries) -> None:
    diaries.begin()
    said = len(diaries.gamification.published("NotificationRequested"))
    diaries.admin("PUT", "achievements/three_in_november", THREE)
    diaries.admin("PUT", "achievement-backfills/run-1")
    assert diaries.wait() == ["SUCCEEDED"]
    assert diaries.held("three_in_november") == set(ATHLETES[3:])
    run = diaries.admin("GET", "achievement-backfills/run-1")
    assert (run["state"], run["athletes"], run["unlocked"], run["failed"]) == ("ended", 7, 4, 0)
    assert len(diaries.gamification.published("NotificationRequested")) == said
    diaries.admin("PUT", "achievement-backfills/run-1")
    diaries.admin("PUT", "achievement-backfills/run-2")
    assert diaries.wait() == ["SUCCEEDED"] * 2
    assert diaries.admin("GET", "achievement-backfills/run-2")["unlocked"] == 0


@pytest.mark.parametrize("call", [1, 2, 4])
def test_killed_and_resumed_it_ends_the_same_also_with_workouts_in_between(
    diaries: Diaries, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "WORK_S", -1.0)  # each step looks at one portion
    diaries.begin()
    diaries.admin("PUT", "achievements/three_in_november", THREE)

    def kill(number: int) -> None:
        if number == call:
            diaries.kill()
            raise Killed

    diaries.before = kill
    diaries.admin("PUT", "achievement-backfills/run-1")
    diaries.wait()
    diaries.tell("on_workout_events", recorded("late", user=ATHLETES[2], started_at="2026-11-19T05:40:00Z"))
    diaries.admin("POST", "achievement-backfills/run-1/status", {"action": "resume"})
    diaries.wait()
    assert diaries.admin("GET", "achievement-backfills/run-1")["state"] == "ended"
    assert diaries.held("three_in_november") == set(ATHLETES[2:])
    unlocked = diaries.gamification.published("AchievementUnlocked")
    assert len([one for one in unlocked if "three_in" in one["detail"]["data"]["achievement_id"]]) == 5


def test_a_stopped_run_ends_at_its_next_step_and_one_that_ended_is_over(
    diaries: Diaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "WORK_S", -1.0)
    diaries.begin()

    def stop(number: int) -> None:
        if number == 2:
            diaries.admin("POST", "achievement-backfills/run-1/status", {"action": "stop"})

    diaries.before = stop
    diaries.admin("PUT", "achievement-backfills/run-1")
    assert diaries.wait() == ["SUCCEEDED"]
    run = diaries.admin("GET", "achievement-backfills/run-1")
    assert (run["state"], run["is_stopped"]) == ("running", True)
    diaries.admin("POST", "achievement-backfills/run-1/status", {"action": "resume"})
    diaries.wait()
    diaries.admin("POST", "achievement-backfills/run-1/status", {"action": "stop"}, status=409)
    diaries.admin("GET", "achievement-backfills/no-such", status=404)


def test_one_diary_that_cannot_be_counted_keeps_none_of_the_others(
    diaries: Diaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    diaries.begin()
    diaries.admin("PUT", "achievements/three_in_november", THREE)
    settle = steps.service.settle

    def refuse(user_id: str, *more: Any) -> Any:
        if user_id == ATHLETES[4]:
            raise ValueError
        return settle(user_id, *more)

    monkeypatch.setattr(steps.service, "settle", refuse)
    diaries.admin("PUT", "achievement-backfills/run-1")
    assert diaries.wait() == ["SUCCEEDED"]
    run = diaries.admin("GET", "achievement-backfills/run-1")
    assert (run["failed"], run["failed_user_ids"]) == (1, [ATHLETES[4]])
    assert diaries.held("three_in_november") == {*ATHLETES[3:]} - {ATHLETES[4]}
