"""On the deployed stack the time series run on the local Timestream, from the phone's request to the SQL."""

from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from local.demo.client import Athlete
from local.recordings import recordings
from local.timestream_process import DATABASE
from tests.kit.stack import DeployedStack, eventually
from timestream_local.tests.integration.workshop import client


def rows(stack: DeployedStack, query: str) -> list[list[str]]:
    """None while nobody has measured anything: columns begin with the first record."""
    assert stack.emulator.timestream is not None
    try:
        found = client("timestream-query", stack.emulator.timestream.url).query(QueryString=query)
    except ClientError:
        return []
    return [[datum.get("ScalarValue", "null") for datum in row["Data"]] for row in found["Rows"]]


def test_what_a_device_sends_stands_in_timestream(stack: DeployedStack, anna: Athlete) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    samples = [
        {"metric": "spo2", "value": 95 + n % 4, "timestamp": (start + timedelta(seconds=n)).isoformat()}
        for n in range(120)
    ]
    anna.post("/v1/telemetry", {"device_id": "e2e-ring", "samples": samples})
    query = f"""SELECT count(*), min(value), max(value) FROM "{DATABASE}"."device_samples"
        WHERE measure_name = 'spo2' AND device_id = 'e2e-ring'"""
    wanted = ["120", "95.0", "98.0"]
    assert eventually(lambda: [row for row in rows(stack, query) if row == wanted])


def test_every_second_of_a_recording_stands_in_timestream(stack: DeployedStack, anna: Athlete) -> None:
    ended = anna.upload(recordings("sweat") / "4078723797.fit", time_zone="Europe/Moscow")
    (workout_id,) = ended["workout_ids"]
    query = f"""SELECT count(*) FROM "{DATABASE}"."workout_samples" AS s
        INNER JOIN "{DATABASE}"."workouts" AS w ON s.workout_id = w.workout_id AND s.content = w.content
        WHERE s.workout_id = '{workout_id}' AND w.measure_name = 'workout'"""
    found = eventually(lambda: [row for row in rows(stack, query) if int(row[0]) > 1000])
    assert found
