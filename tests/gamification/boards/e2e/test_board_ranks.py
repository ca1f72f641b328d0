"""Boards on the deployed stack: a real ride is on them, goes with its deletion, and a recount finds nothing wrong."""

from http import HTTPStatus
from typing import Any, Final

from local.demo.client import Athlete
from local.recordings import recordings
from tests.kit.command_line import told
from tests.kit.stack import DeployedStack, eventually

BOARD: Final = "global.all.distance.ever"
RIDE: Final = "4078723797.fit"


def standing(athlete: Athlete) -> dict[str, Any] | None:
    me: dict[str, Any] | None = athlete.get(f"/v1/leaderboards/{BOARD}")["me"]
    return me


OWN: Final = "region-ru-per.ride.ascent.ever"


def named(athlete: Athlete) -> list[str]:
    """Once the board is made: who is on it by name."""
    shown = athlete.answer("GET", f"/v1/leaderboards/{OWN}")
    lines = shown.json()["items"] if shown.status_code == HTTPStatus.OK else []
    return [line["name"] for line in lines if line["name"] is not None]


def test_a_board_of_ones_own_region_is_made_for_who_looks_with_the_name_that_they_gave(
    stack: DeployedStack, anna: Athlete
) -> None:
    """A minute passes, until each function keeps its scores."""
    anna.call("PATCH", "/v1/me", {"country": "RU", "region": "RU-PER", "birth_date": "1990-05-17"}, if_match="*")
    eventually(lambda: any(one["board"].startswith("region-ru-per") for one in anna.get("/v1/leaderboards")["items"]))
    anna.upload(recordings("sweat") / RIDE, time_zone="Europe/Moscow")
    eventually(lambda: standing(anna))
    name = f"Anna {anna.user_id[:8]}"
    anna.call("PUT", "/v1/leaderboards/me", {"shown": "named", "name": name})
    asked = anna.answer("GET", f"/v1/leaderboards/{OWN}")
    assert asked.status_code in {HTTPStatus.ACCEPTED, HTTPStatus.OK}
    assert name in eventually(lambda: [one for one in named(anna) if one == name], every_s=1.0)
    assert told(stack, "board", "drift", OWN)["wrong"] == []
    anna.call("PUT", "/v1/leaderboards/me", {"shown": "off"}, if_match="*")
    assert name not in named(anna)


def test_a_ride_is_on_the_board_and_leaves_it_with_its_deletion(
    stack: DeployedStack, anna: Athlete, ben: Athlete
) -> None:
    ended = anna.upload(recordings("sweat") / RIDE, time_zone="Europe/Moscow")
    mine = eventually(lambda: standing(anna))
    assert mine["score"] > 1000
    before = told(stack, "board", "drift", BOARD)
    assert before["entries"] >= 1

    twice = ben.upload(recordings("sweat") / RIDE, time_zone="Europe/Moscow")
    other = eventually(lambda: standing(ben))
    assert other["score"] == mine["score"]
    assert other["rank"] == eventually(lambda: standing(anna))["rank"], "equal scores share a rank"

    for athlete, upload in ((anna, ended), (ben, twice)):
        athlete.call("DELETE", f"/v1/workouts/{upload['workout_ids'][0]}", if_match="*")
    eventually(lambda: standing(anna) is None and standing(ben) is None)
    assert eventually(lambda: told(stack, "board", "recount", BOARD)["wrong"] == [])
