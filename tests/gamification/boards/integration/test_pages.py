"""Boards over HTTP: who stands where, under which name, and what of others nobody sees."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from gamification.boards.building import service as building
from gamification.boards.building.domain import MOST_A_DAY
from gamification.boards.history import service as history
from stadion import clock
from stadion.settings import settings
from tests.kit.events import deleted, entry, recorded
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event

THIRD = "45c48cce-2e2d-4fbd-9a1a-1c2b3d4e5f60"
WEEK = "global.all.distance.week"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def ran(gamification: Service, user: str, workout_id: str, metres: float, revision: int = 1, **fields: Any) -> None:
    told = {"origin": "fit", "distance_m": metres, "started_at": "2026-11-18T06:00:00Z", **fields}
    tell(gamification, recorded(workout_id, revision=revision, user=user, **told))


def tell(gamification: Service, *events: dict[str, Any], of: str = "on_workout_events") -> None:
    for event in events:
        assert gamification.invoke(of, sqs_event(event)) == {"batchItemFailures": []}
    flow(gamification)


def flow(gamification: Service) -> None:
    """All scores once more through the stream's consumer."""
    gamification.enter()
    client = boto3.client("dynamodb")
    items = client.scan(TableName=settings().table)["Items"]
    records = [
        {
            "eventName": "MODIFY",
            "dynamodb": {
                "Keys": {"pk": item["pk"], "sk": item["sk"]},
                "NewImage": item,
                "ApproximateCreationDateTime": clock.now().timestamp(),
                "SequenceNumber": "1",
            },
        }
        for item in items
        if item["sk"]["S"].startswith("BOARDS#")
    ]
    gamification.invoke("boards/on_score_changes", {"Records": records})


def profile(user: str, **fields: Any) -> dict[str, Any]:
    data = {"revision": 1, "language": "en", "time_zone": "UTC", **fields}
    return entry("ProfileUpdated", data, source="accounts", user=user)


def named(gamification: Service, user: str, name: str) -> None:
    tell(gamification, profile(user, birth_date="1990-01-01"), of="athletes/on_account_events")
    assert gamification.call("PUT", "/v1/leaderboards/me", {"shown": "named", "name": name}, user=user).status == 200
    follow(gamification, user)


def follow(gamification: Service, user: str) -> None:
    event = entry("BoardPresenceChanged", {"because": "answer"}, source="gamification", user=user)
    tell(gamification, event, of="boards/on_presence_changes")


def look(gamification: Service, board: str = WEEK, user: str = ATHLETE, **query: str) -> Any:
    found = gamification.call("GET", f"/v1/leaderboards/{board}", user=user, query=query)
    assert found.status == 200, found.body
    return found.body


def lines(body: Any, part: str = "items") -> list[tuple[int, int, str | None, bool]]:
    return [(one["rank"], one["score"], one["name"], one["is_me"]) for one in body[part]]


def test_equal_scores_share_a_rank_and_who_wants_no_name_has_none(gamification: Service) -> None:
    named(gamification, OTHER, "Ben")
    ran(gamification, OTHER, "w-1", 5000)
    ran(gamification, THIRD, "w-2", 5000)
    ran(gamification, ATHLETE, "w-3", 4000)
    body = look(gamification)
    assert lines(body) == [(1, 5000, None, False), (1, 5000, "Ben", False), (3, 4000, None, True)]
    assert (body["me"]["rank"], body["me"]["percentile"], body["total"]) == (3, 33.33, 3)
    assert body["items"][0]["score_text"] == "5\N{NO-BREAK SPACE}km"
    assert lines(body, "around_me") == lines(body)
    assert "user_id" not in str(body)
    assert OTHER not in str(body)


def test_no_page_names_an_athlete_by_their_id_not_even_in_its_cursor(gamification: Service) -> None:
    users = (OTHER, THIRD, "5a5a5a5a-2e2d-4fbd-9a1a-1c2b3d4e5f60")
    for number, user in enumerate(users):
        ran(gamification, user, f"w-{number}", 5000)
    ran(gamification, ATHLETE, "w-9", 4000)
    cursor: str | None = None
    pages: list[Any] = []
    while not pages or cursor is not None:
        pages.append(look(gamification, limit="1", **({"cursor": cursor} if cursor is not None else {})))
        cursor = pages[-1]["next_cursor"]
        said = str(pages[-1]) + (base64.urlsafe_b64decode(cursor + "==").decode() if cursor is not None else "")
        assert not [user for user in users if user in said or user[:13] in said]
    assert [one[:2] for page in pages for one in lines(page)] == [(1, 5000)] * 3 + [(4, 4000)]


@pytest.mark.parametrize(
    "forged",
    [
        {"alike": "1001"},
        {"alike": "0"},
        {"alike": "999999999999999999999"},
        {"digits": "A#" + OTHER},
        {"digits": "~"},
        {"digits": "z" * 900},
        {"digits": "\u0430"},
        {"position": "0"},
        {"rank": "-1"},
    ],
)
def test_a_forged_cursor_is_refused(gamification: Service, forged: dict[str, str]) -> None:
    for number, user in enumerate((OTHER, THIRD)):
        ran(gamification, user, f"w-{number}", 5000)
    scope, position = json.loads(base64.urlsafe_b64decode(look(gamification, limit="1")["next_cursor"] + "=="))
    changed = position | {name: {"S": text} for name, text in forged.items()}
    cursor = base64.urlsafe_b64encode(json.dumps([scope, changed]).encode()).decode()
    found = gamification.call("GET", f"/v1/leaderboards/{WEEK}", query={"cursor": cursor})
    assert (found.status, found.body["code"]) == (400, "cursor_is_invalid"), found.body


def test_a_deletion_and_a_correction_move_the_board_back(gamification: Service) -> None:
    ran(gamification, ATHLETE, "w-1", 5000)
    ran(gamification, OTHER, "w-2", 4000)
    ran(gamification, ATHLETE, "w-1", 3000, revision=2)
    assert look(gamification)["me"]["rank"] == 2
    tell(gamification, deleted("w-2", user=OTHER))
    body = look(gamification)
    assert (body["me"]["rank"], body["total"]) == (1, 1)
    assert look(gamification, user=OTHER)["me"] is None


def test_what_was_typed_or_is_implausible_is_on_no_board(gamification: Service) -> None:
    ran(gamification, ATHLETE, "w-1", 5000, origin="manual")
    ran(gamification, OTHER, "w-2", 5000, flags=["gps_jump"])
    assert (look(gamification)["total"], look(gamification)["me"]) == (0, None)


def test_who_leaves_is_on_no_page_before_the_boards_follow_and_comes_back(gamification: Service) -> None:
    named(gamification, OTHER, "Ben")
    ran(gamification, OTHER, "w-1", 5000)
    ran(gamification, ATHLETE, "w-2", 4000)
    off = gamification.call("PUT", "/v1/leaderboards/me", {"shown": "off"}, user=OTHER, if_match="*")
    assert off.status == 200
    assert lines(look(gamification)) == [(2, 4000, None, True)]
    follow(gamification, OTHER)
    assert lines(look(gamification)) == [(1, 4000, None, True)]
    assert look(gamification, user=OTHER)["me"] is None
    ran(gamification, OTHER, "w-3", 9000)
    assert look(gamification)["total"] == 1
    gamification.call("PUT", "/v1/leaderboards/me", {"shown": "named", "name": "Ben"}, user=OTHER, if_match="*")
    follow(gamification, OTHER)
    assert [score for _, score, _, _ in lines(look(gamification))] == [14000, 4000]


def test_a_name_goes_when_it_turns_out_that_its_owner_is_a_child(gamification: Service) -> None:
    named(gamification, OTHER, "Ben")
    ran(gamification, OTHER, "w-1", 5000)
    assert lines(look(gamification))[0][2] == "Ben"
    tell(gamification, profile(OTHER, revision=2, birth_date="2012-01-01"), of="athletes/on_account_events")
    assert len(gamification.published("BoardPresenceChanged")) == 3
    follow(gamification, OTHER)
    assert lines(look(gamification))[0][2] is None


def test_a_country_is_that_of_the_profile_on_the_day(gamification: Service) -> None:
    tell(gamification, profile(ATHLETE, country="RU"), of="athletes/on_account_events")
    ran(gamification, ATHLETE, "w-1", 5000)
    assert look(gamification, "country-ru.run.distance.ever")["me"]["rank"] == 1
    assert look(gamification, "country-de.run.distance.ever")["me"] is None


@pytest.mark.parametrize(
    "board",
    ["global", "global.all.xp.day", "moon.all.xp.week", "global.chess.xp.week", "a" * 90, "global.all.xp.2026-W60"],
)
def test_a_name_that_is_none_says_which_part_is_wrong(gamification: Service, board: str) -> None:
    refused = gamification.call("GET", f"/v1/leaderboards/{board}")
    assert (refused.status, refused.body["code"]) == (404, "board_not_found")


def test_a_board_of_ones_own_region_is_made_when_somebody_looks(
    gamification: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(building, "_drive", lambda build: begun.append(build.line))
    board = "region-ru-mow.run.ascent.month"
    assert gamification.call("GET", f"/v1/leaderboards/{board}").body["code"] == "board_not_kept"
    for user in (ATHLETE, OTHER):
        tell(gamification, profile(user, country="RU", region="RU-MOW"), of="athletes/on_account_events")
    ran(gamification, ATHLETE, "w-1", 5000, ascent_m=120)
    asked = gamification.call("GET", f"/v1/leaderboards/{board}")
    assert (asked.status, asked.body["is_building"], asked.headers["Retry-After"]) == (202, True, "60")
    assert begun == [board]
    step = {"line": board, "attempt": 1, "correlation_id": "c", "wait_scale": None}
    gamification.invoke("boards/building/tasks.begin_board", step)
    ran(gamification, OTHER, "w-2", 5000, ascent_m=300)
    done = gamification.invoke("boards/building/tasks.fill_board", step)
    assert done == {"goes_on": True, "is_done": True}
    gamification.invoke("boards/building/tasks.finish_board", step)
    flow(gamification)
    body = look(gamification, board)
    assert [score for _, score, _, _ in lines(body)] == [300, 120]
    assert gamification.invoke("boards/building/tasks.fill_board", step)["goes_on"] is False
    tell(gamification, deleted("w-2", user=OTHER))
    assert look(gamification, board)["total"] == 1
    gamification.enter()
    assert building.end_unseen(NOW + timedelta(days=20)) == 0
    assert building.end_unseen(NOW + timedelta(days=40)) == 1


def test_only_so_many_boards_are_made_for_one_athlete_a_day(
    gamification: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_drive", lambda _: None)
    tell(gamification, profile(ATHLETE, country="RU", region="RU-MOW"), of="athletes/on_account_events")
    asked = [f"region-ru-mow.{family}.{metric}.year" for family in ("run", "ride", "swim") for metric in
             ("ascent", "workouts", "moving_time", "xp")]  # fmt: skip
    statuses = [gamification.call("GET", f"/v1/leaderboards/{board}").status for board in asked]
    assert statuses == [202] * MOST_A_DAY + [429] * (len(asked) - MOST_A_DAY)
    assert gamification.call("GET", f"/v1/leaderboards/{asked[0]}").status == 202


def test_where_one_stood_is_written_two_days_after_the_end(
    gamification: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(gamification, OTHER, "w-1", 5000)
    ran(gamification, ATHLETE, "w-2", 4000)
    ran(gamification, THIRD, "w-3", 4000)
    gamification.enter()
    assert history.settle(datetime(2026, 11, 24, 23, tzinfo=UTC)) == 0
    later = datetime(2026, 11, 25, 1, tzinfo=UTC)
    assert history.settle(later) == 3 * 4  # XP and distance, of all sports and of runs
    assert history.settle(later) == 0
    monkeypatch.setattr(clock, "now", lambda: later)
    ran(gamification, ATHLETE, "w-4", 9000)
    body = gamification.call("GET", f"/v1/leaderboards/{WEEK}/history").body
    assert [(one["period"], one["rank"], one["score"], one["total"]) for one in body["items"]] == [
        ("2026-W47", 2, 4000, 3)
    ]
    assert body["now"] is None


def test_all_boards_for_me_have_titles(gamification: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_drive", lambda _: None)
    tell(gamification, profile(ATHLETE, country="RU"), of="athletes/on_account_events")
    boards = gamification.call("GET", "/v1/leaderboards", accept_language="ru").body["items"]
    by_id = {one["board"]: one for one in boards}
    assert by_id["country-ru.run.distance.week"]["title"] == "Расстояние, бег, неделя 2026-W47, страна RU"
    assert by_id["global.all.xp.ever"]["is_kept_always"] is True
    for board in list(by_id)[::17]:
        assert gamification.call("GET", f"/v1/leaderboards/{board}").status in {200, 202}


def test_a_workout_of_long_ago_is_on_the_board_of_ever(gamification: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(gamification, ATHLETE, "w-1", 42_195, started_at="1998-05-17T09:00:00Z")
    body = look(gamification, "global.run.distance.ever")
    assert (body["me"]["score"], body["board"]["period"]["starts_at"]) == (42_195, None)
    monkeypatch.setattr(building, "_drive", lambda _: None)
    board = "global.run.ascent.ever"
    step = {"line": board, "attempt": 1, "correlation_id": "c"}
    ran(gamification, ATHLETE, "w-2", 10_000, started_at="1999-05-17T09:00:00Z", ascent_m=321)
    assert gamification.call("GET", f"/v1/leaderboards/{board}").status == 202
    for name in ("begin_board", "fill_board", "finish_board"):
        tell(gamification, profile(ATHLETE), of="athletes/on_account_events")
        gamification.invoke(f"boards/building/tasks.{name}", step)
    flow(gamification)
    assert look(gamification, board)["me"]["score"] == 321
