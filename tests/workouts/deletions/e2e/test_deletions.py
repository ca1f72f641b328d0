"""A deleted workout on the deployed stack: neither bucket has anything of it."""

from typing import Any

from local.demo.client import Athlete
from local.recordings import recordings
from tests.kit.stack import DeployedStack, eventually

PREFIXES = ("files/", "streams/", "uploads/")


def left(stack: DeployedStack, user_id: str) -> dict[str, int]:
    """Objects of an athlete, by the beginning of their keys, in all buckets."""
    s3: Any = stack.aws.client("s3")
    found = dict.fromkeys(PREFIXES, 0)
    for bucket in s3.list_buckets()["Buckets"]:
        for prefix in PREFIXES:
            answer = s3.list_object_versions(Bucket=bucket["Name"], Prefix=f"{prefix}{user_id}/")
            found[prefix] += len(answer.get("Versions", ()))
    return found


def test_nothing_of_a_deleted_workout_is_left(stack: DeployedStack, anna: Athlete) -> None:
    ended = anna.upload(recordings("sweat") / "6449921903_ACTIVITY.fit")
    [workout_id] = ended["workout_ids"]
    user_id = anna.get("/v1/me")["user_id"]
    assert left(stack, user_id) == dict.fromkeys(PREFIXES, 1)
    streams = f"/v1/workouts/{workout_id}/streams"
    eventually(lambda: anna.answer("GET", streams).status_code == 200 or None)
    anna.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")
    eventually(lambda: left(stack, user_id) == dict.fromkeys(PREFIXES, 0) or None)
    eventually(lambda: anna.answer("GET", streams).status_code == 404 or None)
