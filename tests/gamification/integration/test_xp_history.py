"""Why a workout counts what it counts, through the Lambda handlers."""

import sys
from typing import Any

import pytest

from gamification.athletes.store import ATHLETES
from gamification.xp import service
from gamification.xp.store import SCORED, SCORES
from stadion.events.accounts import ConsentKind
from tests.gamification.integration.test_gamification import deliver, xp
from tests.kit.consents import agreed, consent, withdrawn
from tests.kit.events import deleted, entry, recorded
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event

HOUR: dict[str, Any] = {"moving_time_s": 3600.0}


def told(gamification: Service, *events: dict[str, Any]) -> None:
    assert gamification.invoke("athletes/on_account_events", sqs_event(*events)) == {"batchItemFailures": []}


def measured(day: str = "2026-11-01", revision: int = 1, **values: float) -> dict[str, Any]:
    return entry("PhysicalDataChanged", {"measured_on": day, "revision": revision, **values}, source="accounts")


def history(gamification: Service, **query: str) -> list[dict[str, Any]]:
    answer = gamification.call("GET", "/v1/gamification/xp", query=query)
    assert answer.status == 200, answer.body
    return list(answer.body["items"])


def paged(gamification: Service, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query = {"limit": str(limit)}
    while True:
        body = gamification.call("GET", "/v1/gamification/xp", query=query).body
        found += body["items"]
        if body.get("next_cursor") is None:
            return found
        query["cursor"] = body["next_cursor"]


def test_one_entry_says_why_140(gamification: Service) -> None:
    told(gamification, consent(), measured(threshold_heart_rate_bpm=165))
    deliver(gamification, recorded("w-1", moving_time_s=6461.5, average_heart_rate_bpm=158.0))
    [one] = history(gamification)
    assert (one["xp"], one["earned_xp"], one["weight"], one["effort"], one["zone"]) == (140, 140, 1.0, 1.3, 4)
    assert one["basis"] == "threshold_heart_rate"
    assert one["why"] == "107.7 min × 1 × 1.3 = 140 XP. The effort is zone 4, by your threshold heart rate."
    russian = gamification.call("GET", "/v1/gamification/xp", accept_language="ru").body["items"][0]["why"]
    assert russian == "107,7 мин × 1 × 1,3 = 140 XP. Усилие — зона 4 по вашему пульсу на пороге."


def test_the_entries_of_a_day_sum_to_what_it_counts_on_whatever_pages(gamification: Service) -> None:
    for at in range(5):
        deliver(gamification, recorded(f"w-{at}", started_at=f"2026-11-20T0{at}:00:00Z", moving_time_s=6000.0))
    deliver(gamification, recorded("w-9", started_at="2026-11-19T03:00:00Z", moving_time_s=6000.0))
    whole = history(gamification)
    assert [one["xp"] for one in whole] == [0, 0, 100, 100, 100, 100]
    assert "0 of them count" in whole[0]["why"]
    assert sum(one["xp"] for one in whole) == xp(gamification) == 400
    for limit in (1, 2, 3, 4, 5):
        assert paged(gamification, limit) == whole


def test_a_corrected_workout_is_shown_as_it_is_now_and_a_deleted_one_is_not(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", **HOUR), recorded("w-2", started_at="2026-11-19T05:40:00Z", **HOUR))
    moved = recorded("w-1", revision=2, started_at="2026-11-18T05:40:00Z", moving_time_s=1800.0)
    deliver(gamification, moved, moved, recorded("w-1", **HOUR))
    assert [(one["workout_id"], one["day"], one["xp"]) for one in history(gamification)] == [
        ("w-2", "2026-11-19", 60),
        ("w-1", "2026-11-18", 30),
    ]
    deliver(gamification, deleted("w-1", revision=3), deleted("w-1", revision=3), moved)
    assert [one["workout_id"] for one in history(gamification)] == ["w-2"]
    assert xp(gamification) == 60


def test_a_flagged_workout_is_there_with_the_reason(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", flags=["average_speed_too_high"], average_heart_rate_bpm=150.0))
    [one] = history(gamification)
    assert (one["xp"], one["flags"]) == (0, ["average_speed_too_high"])
    assert one["why"] == "It has implausible values and earns no XP."


def test_a_new_threshold_scores_nothing_anew_until_the_heart_rate_is_corrected(gamification: Service) -> None:
    told(gamification, consent(), measured(threshold_heart_rate_bpm=165))
    hard: dict[str, Any] = {**HOUR, "average_heart_rate_bpm": 158.0}
    deliver(gamification, recorded("w-1", **hard))
    told(gamification, measured(revision=2, threshold_heart_rate_bpm=150))
    assert (xp(gamification), history(gamification)[0]["zone"]) == (78, 4)
    deliver(gamification, recorded("w-1", revision=2, **hard))
    assert (xp(gamification), history(gamification)[0]["zone"]) == (78, 4)
    deliver(gamification, recorded("w-1", revision=3, **hard | {"average_heart_rate_bpm": 157.0}))
    assert (xp(gamification), history(gamification)[0]["zone"]) == (84, 5)


def test_who_withdraws_is_shown_no_zone(gamification: Service) -> None:
    told(gamification, consent())
    deliver(gamification, recorded("w-1", average_heart_rate_bpm=158.0, **HOUR))
    assert history(gamification)[0]["zone"] is not None
    told(gamification, withdrawn())
    [one] = history(gamification)
    assert (one["zone"], one["basis"], "zone" in one["why"]) == (None, None, False)
    deliver(gamification, recorded("w-1", revision=2, **HOUR))  # measured anew, without
    assert history(gamification)[0]["effort"] == 1.0


def test_a_replay_explains_what_was_counted_before_scores_were_kept(gamification: Service) -> None:
    run = recorded("w-1", average_heart_rate_bpm=158.0, **HOUR)
    deliver(gamification, run)
    gamification.enter()
    before = history(gamification)
    for place in (*(one.place for one in SCORES.each(ATHLETE)), SCORED.at(ATHLETE, "w-1")):
        place.bare_item().delete()
    agreed(ATHLETES.at(ATHLETE), ConsentKind.HEALTH_DATA)
    told(gamification, measured(threshold_heart_rate_bpm=120))
    assert history(gamification) == []
    deliver(gamification, run, run)
    [one] = history(gamification)
    assert (one["xp"], one["basis"]) == (before[0]["xp"], "absolute")
    assert xp(gamification) == one["xp"]


def test_what_is_deleted_during_a_replay_is_explained_no_more(
    gamification: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded("w-1", **HOUR)
    deliver(gamification, run)
    gamification.enter()
    for place in (*(one.place for one in SCORES.each(ATHLETE)), SCORED.at(ATHLETE, "w-1")):
        place.bare_item().delete()
    gone, scored_by = [deleted("w-1")], service.score

    def score(*arguments: Any, **named: Any) -> Any:
        """After the look at what the ledger counts."""
        if sys._getframe(1).f_code.co_name == "_write_down" and gone:
            deliver(gamification, gone.pop())
        return scored_by(*arguments, **named)

    monkeypatch.setattr(service, "score", score)
    deliver(gamification, run)
    assert gone == []
    assert (xp(gamification), history(gamification)) == (0, [])


def test_another_athletes_history_is_their_own_and_a_cursor_is_bound_to_it(gamification: Service) -> None:
    deliver(gamification, recorded("w-1"), recorded("w-2"))
    cursor = gamification.call("GET", "/v1/gamification/xp", query={"limit": "1"}).body["next_cursor"]
    stolen = gamification.call("GET", "/v1/gamification/xp", query={"cursor": cursor}, user=OTHER)
    assert (stolen.status, stolen.body["code"]) == (400, "cursor_is_invalid")
    assert gamification.call("GET", "/v1/gamification/xp", user=OTHER).body["items"] == []


def test_the_rules_are_published(gamification: Service) -> None:
    rules = gamification.call("GET", "/v1/gamification/rules", accept_language="ru").body
    assert rules["xp_per_day"] == 300
    assert {one["sport_type"]: one["weight"] for one in rules["weights"]}["Walk"] == 0.4
    assert rules["effort"]["bases"][0]["basis"] == "threshold_heart_rate"
    assert rules["effort"]["factors"] == [0.9, 1.0, 1.15, 1.3, 1.4]
    assert "до 300 XP" in rules["words"]["day"]


def test_another_name_moves_no_xp_whatever_was_measured_meanwhile(gamification: Service) -> None:
    told(gamification, consent(), measured(max_heart_rate_bpm=220))
    deliver(gamification, recorded("w-1", average_heart_rate_bpm=130.0, **HOUR))
    before = history(gamification)
    told(gamification, measured(revision=2, threshold_heart_rate_bpm=100))
    deliver(gamification, recorded("w-1", revision=2, average_heart_rate_bpm=130.0, **HOUR))
    assert history(gamification) == before
    deliver(gamification, recorded("w-1", revision=3, average_heart_rate_bpm=130.0, moving_time_s=1800.0))
    assert [(one["effort"], one["xp"]) for one in history(gamification)] == [(before[0]["effort"], 27)]


def test_another_heart_rate_and_another_day_ask_for_the_zones_anew(gamification: Service) -> None:
    told(gamification, consent(), measured(max_heart_rate_bpm=220))
    deliver(gamification, recorded("w-1", average_heart_rate_bpm=130.0, **HOUR))
    told(gamification, measured(revision=2, threshold_heart_rate_bpm=100))
    deliver(gamification, recorded("w-1", revision=2, average_heart_rate_bpm=131.0, **HOUR))
    assert [(one["effort"], one["basis"]) for one in history(gamification)] == [(1.4, "threshold_heart_rate")]
    told(gamification, measured(revision=3, max_heart_rate_bpm=220))
    moved = {"started_at": "2026-11-19T05:40:00Z", "average_heart_rate_bpm": 131.0, **HOUR}
    deliver(gamification, recorded("w-1", revision=3, **moved))
    assert [(one["effort"], one["basis"]) for one in history(gamification)] == [(0.9, "max_heart_rate")]
    deliver(gamification, recorded("w-1", revision=4, **moved | {"average_heart_rate_bpm": None}))
    assert [(one["effort"], one["basis"]) for one in history(gamification)] == [(1.0, None)]
