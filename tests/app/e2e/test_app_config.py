"""An app's first request of the day, before anybody signs in, and the commands that decide what it is told."""

from local.demo.client import Athlete, Client
from tests.kit.command_line import told
from tests.kit.stack import DeployedStack, eventually


def test_versions_and_features_are_set_by_commands_and_told_to_who_has_not_signed_in(
    stack: DeployedStack, door: Client
) -> None:
    told(stack, "app", "versions", "ios", "--minimum", "2.3.0", "--recommended", "2.6.0")
    told(stack, "app", "feature", "live-map", "--on", "--platform", "ios", "--from", "2.4")

    old = door.call("GET", "/v1/app/config?platform=ios&version=2.2")
    new = door.call("GET", "/v1/app/config?platform=ios&version=2.6.1")

    assert (old["update"], new["update"]) == ("required", "none")
    assert (old["features"]["live-map"], new["features"]["live-map"]) == (False, True)
    assert new["limits"]["upload_bytes"] == 50 * 1024 * 1024

    left = told(stack, "app", "feature", "live-map", "--remove")
    assert left["features"] == {}


def test_codes_have_words_in_both_languages(door: Client) -> None:
    first = door.answer("GET", "/v1/words")

    assert first.json()["words"]["sports"]["TrailRun"] == {"en": "Trail running", "ru": "Трейлраннинг"}
    assert door.answer("GET", "/v1/words", if_none_match=first.headers["ETag"]).status_code == 304


def test_an_app_that_names_no_language_is_answered_in_the_athletes_own(anna: Athlete) -> None:
    """Anna's is Russian; her copies follow her profile within a moment, and her messages her units."""
    anna.call("PATCH", "/v1/me", {"settings": {"units": "imperial"}}, if_match="*")

    def worded() -> str | None:
        workout = {"sport_type": "Run", "started_at": "2026-11-20T08:00:00+03:00", "elapsed_time_s": 3600}
        made = anna.post("/v1/workouts", {**workout, "distance_m": 60_000, "on_duplicate": "force"})
        assert (made["started_at"], made["started_at_local"]) == ("2026-11-20T05:00:00Z", "2026-11-20T08:00:00+03:00")
        anna.call("DELETE", f"/v1/workouts/{made['workout_id']}", if_match="*")
        (flag,) = made["flags"]
        return flag["detail"] if "ми/ч" in flag["detail"] else None

    assert "37,3" in str(eventually(worded, every_s=0.5))
