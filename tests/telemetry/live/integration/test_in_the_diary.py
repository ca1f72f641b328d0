"""A live session is a workout of the diary, with every sample, once."""

import random
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from stadion import claims, clock
from stadion.dynamo import Transaction
from stadion.streams.recorded import joined, unbundle
from tests.kit.events import deleted, recorded
from tests.kit.services import ATHLETE, Service
from tests.telemetry.live.integration.world import (
    SESSION,
    an_hour_ago,
    chunks,
    deliver,
    do,
    finished,
    send,
    shown,
    start,
)
from tests.workouts.diary import upload

TOLD = {"WorkoutRecorded", "WorkoutCorrected", "WorkoutDeleted"}

OWN = 2
"""Items of a workout's own streams: a quarter of an hour, and what the diary told beside it."""


class TestDiary:
    """Telemetry and workouts with their events in between."""

    @pytest.fixture
    def pair(self, telemetry: Service, workouts: Service) -> tuple[Service, Service]:
        return telemetry, workouts

    def run(self, telemetry: Service) -> None:
        start(telemetry, name="Before work", time_zone="Europe/Moscow")
        for minute in range(4):
            times = [minute * 60 + second for second in range(60)]
            send(
                telemetry,
                *times,
                lat=[55.7 + t * 3e-5 for t in times],
                lon=[37.6] * 60,
                heart_rate_bpm=[120 + t % 30 for t in times],
            )
        do(telemetry, "stop", at_s=240)

    def exchange(self, telemetry: Service, workouts: Service) -> None:
        """Everything that either published, twice."""
        for _ in range(2):
            deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
            told = [e for e in workouts.published() if e["detail_type"] in TOLD]
            deliver_streams(telemetry, *told)
            deliver(telemetry, "on_live_saved", *workouts.published("LiveSessionSaved"))

    def test_a_stopped_session_is_a_workout_with_streams_of_its_own(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["workout_id"], workout["origin"], workout["name"]) == (SESSION, "live", "Before work")
        assert workout["distance_m"] == pytest.approx(239 * 3.336, rel=0.01)
        assert len(workouts.published("WorkoutRecorded")) == 1
        assert workouts.published("WorkoutCorrected") == []
        assert chunks(telemetry) == 4 + OWN, "the session's minutes stay for what comes late"
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["streams"]["time"] == list(range(240))
        assert streams["streams"]["latlng"][7] == [55.70021, 37.6]
        assert shown(telemetry)["workout_id"] == SESSION

    def test_positions_alone_make_a_way_a_speed_and_a_motion(self, pair: tuple[Service, Service]) -> None:
        """The diary's way is what telemetry shows, not the nothing that the phone said of its distance."""
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        path = f"/v1/workouts/{SESSION}/streams"
        streams = telemetry.call("GET", path, query={"series": "distance", "resolution": "full"}).body["streams"]
        assert streams["distance"][-1] == workout["distance_m"] > 0
        assert streams["velocity_smooth"][120] == pytest.approx(3.336, rel=0.01)
        assert sum(streams["moving"][1:]) == 239, "of its 240 seconds, the last has no sample"

    def test_its_numbers_are_measured_and_not_edited(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        path = f"/v1/workouts/{SESSION}"
        refused = workouts.call("PATCH", path, {"distance_m": 99_999}, if_match="*")
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/distance_m")
        assert workouts.call("PATCH", path, {"name": "After work"}, if_match="*").status == 200

    def test_late_samples_correct_it_and_keep_the_athletes_words(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        workouts.call("PATCH", f"/v1/workouts/{SESSION}", {"name": "Mine", "sport_type": "Ride"}, if_match="*")
        assert send(telemetry, 240, 241, lat=[55.7072, 55.70723], lon=[37.6, 37.6]).body["added"] == 2
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["name"], workout["sport_type"], workout["revision"]) == ("Mine", "Ride", 3)
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["original_size"] == 242
        assert streams["streams"]["distance"][-1] == workout["distance_m"]

    def test_a_live_workout_of_before_the_diary_judged_its_streams_takes_late_samples(
        self, pair: tuple[Service, Service]
    ) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        raw = telemetry.published("LiveSessionFinished")[0]["detail"]["data"]["streams"]
        deliver_streams(telemetry, recorded(SESSION, origin="live", streams=raw))
        assert chunks(telemetry) == 4
        assert send(telemetry, 240, lat=[55.7072], lon=[37.6]).body["added"] == 1
        deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
        deliver_streams(telemetry, *workouts.published("WorkoutCorrected"))
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["original_size"] == 241
        assert send(telemetry, 241, lat=[55.7072], lon=[37.6]).body["added"] == 1

    def test_a_workout_that_outlives_its_session_takes_its_chunks_along(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        key = {"pk": {"S": f"USER#{ATHLETE}"}, "sk": {"S": f"LIVE#{SESSION}"}}
        boto3.client("dynamodb").delete_item(TableName=telemetry.table, Key=key)
        deliver_streams(telemetry, deleted(SESSION))
        assert chunks(telemetry) == 0

    def test_who_deletes_it_before_a_late_delivery_leaves_no_dead_letter(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        workouts.call("DELETE", f"/v1/workouts/{SESSION}", if_match="*")
        deliver(workouts, "on_workout_events", *workouts.published("WorkoutDeleted"))
        deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
        deliver_streams(telemetry, *workouts.published("WorkoutRecorded"), *workouts.published("WorkoutDeleted"))
        assert workouts.call("GET", "/v1/workouts").body["items"] == []
        assert chunks(telemetry) == 0

    def test_a_deleted_workout_takes_its_chunks_along(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        workouts.call("DELETE", f"/v1/workouts/{SESSION}", if_match="*")
        self.exchange(telemetry, workouts)
        assert chunks(telemetry) == 0
        assert send(telemetry, 300).body["code"] == "live_session_is_over"
        assert workouts.call("GET", "/v1/workouts").body["items"] == []

    def test_a_deletion_that_overtakes_the_recording_leaves_no_chunks(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
        workouts.call("DELETE", f"/v1/workouts/{SESSION}", if_match="*")
        told = [e for e in workouts.published() if e["detail_type"] in TOLD]
        deliver_streams(telemetry, *reversed(told))
        assert chunks(telemetry) == 0

    def test_one_that_was_typed_in_already_is_joined(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        started = shown(telemetry)["started_at"]
        typed = {"sport_type": "Run", "started_at": started, "elapsed_time_s": 240, "notes": "by hand"}
        other = workouts.call("POST", "/v1/workouts", typed).body["workout_id"]
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["workout_id"], workout["origin"]) == (other, "live")
        assert chunks(telemetry) == OWN
        assert shown(telemetry)["workout_id"] == other
        assert telemetry.call("GET", f"/v1/workouts/{other}/streams").status == 200
        assert send(telemetry, 300).body["code"] == "live_session_is_over"

    def test_a_late_sample_that_meets_the_end_of_the_chunks_is_kept(self, pair: tuple[Service, Service]) -> None:
        """It was answered, and its session was sealed before it was made known."""
        telemetry, workouts = pair
        self.run(telemetry)
        typed = {"sport_type": "Run", "started_at": shown(telemetry)["started_at"], "elapsed_time_s": 240}
        other = workouts.call("POST", "/v1/workouts", typed).body["workout_id"]
        deliver(workouts, "on_live_sessions", *telemetry.published("LiveSessionFinished"))
        assert send(telemetry, 250, heart_rate_bpm=[188], more=True).status == 202
        deliver(telemetry, "on_live_saved", *workouts.published("LiveSessionSaved"))
        assert chunks(telemetry) == 0
        self.exchange(telemetry, workouts)
        streams = telemetry.call("GET", f"/v1/workouts/{other}/streams", query={"resolution": "full"}).body["streams"]
        assert (streams["time"][-1], streams["heartrate"][-1]) == (250, 188)

    def test_a_file_of_the_same_run_is_merged_with_it(self, pair: tuple[Service, Service]) -> None:
        """The watch's file knows the height, the phone knew the heart: the workout has both, and one set of chunks."""
        telemetry, workouts = pair
        self.run(telemetry)
        self.exchange(telemetry, workouts)
        ended = upload(workouts, "watch.gpx", gpx(shown(telemetry)["started_at"]), on_duplicate="merge")
        assert (ended["status"], ended["workout_ids"]) == ("ready", [SESSION])
        self.exchange(telemetry, workouts)
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams").body["streams"]
        assert (streams["heartrate"][5], streams["altitude"][5]) == (125, 155.0)
        assert chunks(telemetry) == OWN
        assert send(telemetry, 300).body["code"] == "live_session_is_over"

    def test_a_file_that_was_there_first_is_merged_with_it(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        self.run(telemetry)
        ended = upload(workouts, "watch.gpx", gpx(shown(telemetry)["started_at"]))
        first = ended["workout_ids"][0]
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["workout_id"], workout["origin"]) == (first, "upload")
        streams = telemetry.call("GET", f"/v1/workouts/{first}/streams").body["streams"]
        assert (streams["heartrate"][5], streams["altitude"][5]) == (125, 155.0)
        assert (chunks(telemetry), shown(telemetry)["workout_id"]) == (OWN, first)

    def test_a_stop_without_samples_is_a_workout_without_streams(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        start(telemetry, sport_type="WeightTraining")
        do(telemetry, "pause", at_s=600)
        do(telemetry, "resume", at_s=900)
        do(telemetry, "stop", at_s=1800)
        self.exchange(telemetry, workouts)
        [workout] = workouts.call("GET", "/v1/workouts").body["items"]
        assert (workout["elapsed_time_s"], workout["timer_time_s"]) == (1800, 1500)
        assert telemetry.call("GET", f"/v1/workouts/{SESSION}/streams").status == 404

    def test_an_id_that_a_typed_workout_has_means_that_workout(self, pair: tuple[Service, Service]) -> None:
        telemetry, workouts = pair
        started = an_hour_ago()
        start(telemetry, started_at=started)
        send(telemetry, 0, 1, 2)
        typed = {"sport_type": "Run", "started_at": started, "elapsed_time_s": 60, "workout_id": SESSION}
        workouts.call("POST", "/v1/workouts", typed)
        deliver_streams(telemetry, *workouts.published("WorkoutRecorded"))
        send(telemetry, 3, 4)
        do(telemetry, "stop", at_s=5)
        self.exchange(telemetry, workouts)
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["streams"]["time"] == [0, 1, 2, 3, 4]

    def test_chunks_that_went_too_early_come_back_from_the_claim(self, pair: tuple[Service, Service]) -> None:
        telemetry, _ = pair
        self.run(telemetry)
        deliver_streams(telemetry, recorded(SESSION))
        assert chunks(telemetry) == 0
        event = telemetry.published("LiveSessionFinished")[0]["detail"]["data"]
        deliver_streams(telemetry, recorded(SESSION, revision=2, streams=event["streams"]))
        streams = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body
        assert streams["streams"]["time"] == list(range(240))
        deliver_streams(telemetry, deleted(SESSION, revision=3))
        assert chunks(telemetry) == 0


@pytest.mark.parametrize("seed", range(4))
def test_whatever_breaks_every_sample_is_in_the_diary_once(telemetry: Service, workouts: Service, seed: int) -> None:
    """Batches in any order, some twice; writes that fail, and writes that hold although the answer says they failed."""
    chance = random.Random(seed)
    pulse = {t: 100 + (t * 7) % 60 for t in range(0, 420)}
    batches = [list(range(a, a + 30)) for a in range(0, 420, 30)]
    todo: list[Any] = [*batches, *chance.sample(batches, 5), ("pause", 100), ("resume", 130)]
    chance.shuffle(todo)
    todo.insert(chance.randrange(len(todo)), ("stop", 420))
    start(telemetry)
    honest = Transaction.commit

    def breaking(transaction: Transaction) -> None:
        fate = chance.random()
        if fate < 0.15:
            raise ConnectionError("before it was written")
        honest(transaction)
        if fate > 0.85:
            raise ConnectionError("after it was written")

    with telemetry.monkeypatch.context() as fault:
        fault.setattr(Transaction, "commit", breaking)
        for one in todo:
            for _ in range(50):
                if isinstance(one, tuple):
                    answer = do(telemetry, one[0], at_s=one[1])
                else:
                    answer = send(telemetry, *one, heart_rate_bpm=[pulse[t] for t in one], more=chance.random() < 0.5)
                if answer.status < 300:
                    break
            assert answer.status < 300, answer.body
    send(telemetry, 0, heart_rate_bpm=[pulse[0]])  # nothing new, and no more to come: what waits is finished
    events = telemetry.published("LiveSessionFinished")
    for _ in range(2):
        chance.shuffle(events)
        deliver(workouts, "on_live_sessions", *events)
    told = [event for event in workouts.published() if event["detail_type"].startswith("Workout")]
    chance.shuffle(told)
    deliver_streams(telemetry, *told, *told)
    [workout] = workouts.call("GET", "/v1/workouts").body["items"]
    assert (workout["elapsed_time_s"], workout["timer_time_s"]) == (420, 390)
    read = telemetry.call("GET", f"/v1/workouts/{SESSION}/streams", query={"resolution": "full"}).body["streams"]
    assert dict(zip(read["time"], read["heartrate"], strict=True)) == pulse
    newest = max(finished(telemetry), key=lambda event: event["revision"])
    columns = joined(unbundle(claims.collect(newest["streams"]["key"])))
    assert columns["heart_rate_bpm"].tolist() == list(pulse.values())
    assert newest["pauses"] == [{"start_s": 100, "end_s": 130}]
    assert sorted(e["revision"] for e in finished(telemetry)) == list(range(1, newest["revision"] + 1))


def gpx(started_at: str) -> bytes:
    """The run of `TestDiary.run`, as a watch without a chest strap saw it."""
    start = datetime.fromisoformat(started_at)
    points = [
        f'<trkpt lat="{55.7 + t * 3e-5:.6f}" lon="37.6"><ele>{150 + t % 30}</ele>'
        f"<time>{clock.rfc3339(start + timedelta(seconds=t))}</time></trkpt>"
        for t in range(240)
    ]
    track = f"<trk><type>running</type><trkseg>{''.join(points)}</trkseg></trk>"
    return f'<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">{track}</gpx>'.encode()


def deliver_streams(telemetry: Service, *events: dict[str, Any]) -> None:
    deliver(telemetry, "on_workout_events", *events)
