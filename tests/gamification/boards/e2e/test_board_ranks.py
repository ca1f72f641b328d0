"""Boards on the deployed stack: a real ride is on them, goes with its deletion, and a recount finds nothing wrong."""

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
