"""Corrections, crops, splits, merges and replacements in any order: what is stored is what its sources say, always."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stadion import clock
from tests.kit.services import ATHLETE, Service
from tests.workouts.diary import corrected, measure, upload
from workouts.measuring.service import measured_anew

BEGAN = datetime(2026, 11, 20, 6, tzinfo=UTC)
SPORTS = ("Run", "TrailRun", "Ride", "Swim", "Workout", "Hike")
STEPS = 14


def gpx(lasts_s: int, *, every_s: int, from_s: int = 0, pulse: bool, sport: str | None, mark: int) -> bytes:
    """Of one and the same run to the north, as one device or another recorded it."""

    def point(second: int) -> str:
        beat = f"<extensions><hr>{140 + second // 60 % 20}</hr></extensions>" if pulse else ""
        time = clock.rfc3339(BEGAN + timedelta(seconds=second))
        return f'<trkpt lat="{55.7 + second * 3e-5:.6f}" lon="37.6"><time>{time}</time>{beat}</trkpt>'

    points = "".join(point(second) for second in range(from_s, lasts_s + 1, every_s))
    kind = f"<type>{sport}</type>" if sport else ""
    return (
        f'<gpx version="1.1" creator="{mark}" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk>{kind}<trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


class Athlete:
    """Does whatever comes to their mind with what is in the diary."""

    def __init__(self, diary: Service, dice: random.Random) -> None:
        self.diary, self.dice, self.files = diary, dice, 0

    def workouts(self) -> list[dict[str, Any]]:
        listed = self.diary.call("GET", "/v1/workouts").body["items"]
        return [self.diary.call("GET", f"/v1/workouts/{one['workout_id']}").body for one in listed]

    def file(self) -> bytes:
        self.files += 1
        return gpx(
            1200,
            every_s=self.dice.choice((1, 3)),
            from_s=self.dice.choice((0, 0, 30)),
            pulse=self.dice.random() < 0.5,
            sport=self.dice.choice((None, "running", "9")),
            mark=self.files,
        )

    def act(self) -> str:
        mine = self.workouts()
        one = self.dice.choice(mine)
        path, span_s = f"/v1/workouts/{one['workout_id']}", one["elapsed_time_s"]
        acts: list[tuple[str, str, dict[str, Any] | None]] = [
            ("PATCH", path, {"sport_type": self.dice.choice(SPORTS)}),
            ("POST", f"{path}/crop", {"from_s": self.dice.randint(0, 200), "to_s": self.dice.randint(210, 1300)}),
            ("DELETE", f"{path}/crop", None),
            ("POST", f"{path}/split", {"at_s": self.dice.randint(1, max(2, int(span_s)))}),
            ("DELETE", f"{path}/split", None),
        ]
        if self.dice.random() < 0.35:
            how = self.dice.choice(("merge", "replace"))
            named = {"corrects": one["workout_id"]} if self.dice.random() < 0.5 else {}
            ended = upload(self.diary, "a.gpx", self.file(), on_duplicate=how, **named)
            return f"{how} {ended['status']} {(ended.get('problem') or {}).get('code')}"
        if len(mine) > 1 and self.dice.random() < 0.1:
            return f"delete {self.diary.call('DELETE', path, if_match='*').status}"
        method, where, body = self.dice.choice(acts)
        answer = self.diary.call(method, where, body, if_match="*")
        assert answer.status in {200, 400, 409, 422}, answer.body
        if self.dice.random() < 0.7:
            measure(self.diary)
        return f"{method} {where.rpartition('/')[2]} {body} {answer.status}"


@pytest.mark.parametrize("seed", range(4))
def test_what_is_stored_is_what_the_sources_say(diary: Service, seed: int) -> None:
    athlete, done = Athlete(diary, random.Random(seed)), []
    upload(diary, "a.gpx", athlete.file())
    for _ in range(STEPS):
        done.append(athlete.act())
        measure(diary)
        diary.enter()
        for one in athlete.workouts():
            found = measured_anew(ATHLETE, one["workout_id"], datetime.now(UTC), write=False)
            assert one["measurement"] != "pending", done
            if one["measurement"] == "done":
                assert found.after is not None, (done, one)
                assert not found.is_news, (done, changed(found))
        sums(athlete.workouts(), done)


def changed(found: Any) -> dict[str, Any]:
    before, after = found.before.model_dump(), found.after.model_dump()
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def sums(mine: list[dict[str, Any]], done: list[str]) -> None:
    """No second of the recording counts twice among the parts of a split."""
    parts = [one for one in mine if one["cut"] is not None and one["measurement"] == "done"]
    for one in parts:
        later = next((other for other in parts if other["workout_id"] == one["cut"]["next_workout_id"]), None)
        if later is not None and one["cut"]["to_s"] is not None and later["cut"]["from_s"] is not None:
            assert one["cut"]["to_s"] <= later["cut"]["from_s"], done


@pytest.mark.parametrize("seed", range(4))
def test_all_that_was_cut_can_be_undone(diary: Service, seed: int) -> None:
    dice = random.Random(seed)
    athlete = Athlete(diary, dice)
    upload(diary, "a.gpx", gpx(1200, every_s=1, pulse=True, sport="running", mark=1))
    (before,) = athlete.workouts()
    for _ in range(5):
        one = dice.choice(athlete.workouts())
        path, span_s = f"/v1/workouts/{one['workout_id']}", max(4, int(one["elapsed_time_s"]))
        what, body = dice.choice(
            (("crop", {"from_s": span_s // 5, "to_s": span_s * 4 // 5}), ("split", {"at_s": span_s // 2}))
        )
        if one["elapsed_time_s"] > 20:
            corrected(diary, "POST", f"{path}/{what}", body)
    while True:
        cuts = [(one, one["cut"]) for one in athlete.workouts() if one["cut"] is not None]
        split = next((one for one, cut in cuts if cut["next_workout_id"]), None)
        if split is None:
            break
        corrected(diary, "DELETE", f"/v1/workouts/{split['workout_id']}/split")
    for one, _ in cuts:
        corrected(diary, "DELETE", f"/v1/workouts/{one['workout_id']}/crop")
    (after,) = athlete.workouts()
    ignored = {"revision", "updated_at"}
    assert {k: v for k, v in after.items() if k not in ignored} == {k: v for k, v in before.items() if k not in ignored}
