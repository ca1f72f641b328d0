"""One athlete's crowd of uploads waits in its queue, and everybody else is served meanwhile: on the running stack."""

import gzip
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stadion_cli import user
from tests.kit.athletes import Athlete, join
from tests.kit.partners import command
from tests.kit.stack import DeployedStack, eventually, settle

FUNCTION = "stadion-workouts-uploads-on-upload"
CEILING = 4
UPLOADS = 40
FEW = 16
READS = 20
WARM = 10
POINTS = 40_000
AT_MOST = 2.0
"""Times as long as beside as many processes that are as busy, with hardly anything behind them in the queue."""
BLUR_S = 0.02
"""By which a log's moments are late."""
REPORT = re.compile(r"REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms")


@pytest.fixture(scope="module")
def crowd(stack: DeployedStack) -> Athlete:
    return join(stack, "crowd")


@pytest.fixture(scope="module")
def reader(stack: DeployedStack) -> Athlete:
    return join(stack, "reader")


def test_forty_uploads_never_run_five_at_once_and_reads_hardly_wait_for_them(
    stack: DeployedStack, crowd: Athlete, reader: Athlete, tmp_path: Path
) -> None:
    assert _mapping(stack)["ScalingConfig"]["MaximumConcurrency"] == CEILING
    files = list(_files(tmp_path))
    crowd.upload(files[0])
    settle(stack, crowd.user_id)
    beside_busy_s, _ = _beside(stack, crowd, reader, files[1 : FEW + 1])
    began_ms = int(time.time() * 1000)

    beside_uploads_s, ended = _beside(stack, crowd, reader, files[FEW + 1 :])

    at_once = _at_once(_runs(stack, began_ms))
    ratio = beside_uploads_s / beside_busy_s
    print(
        f"\n{UPLOADS} uploads: {at_once} at once; a read took {ratio:.2f} times as long as beside {CEILING} busy ones"
    )
    print(f"{beside_uploads_s * 1000:.0f} and {beside_busy_s * 1000:.0f} ms")
    assert {one["status"] for one in ended} == {"duplicate"}
    assert at_once == CEILING
    assert ratio <= AT_MOST


def test_one_athletes_429s_are_nobody_elses(stack: DeployedStack, crowd: Athlete, reader: Athlete) -> None:
    command(stack, "brake", crowd.email, "5", group=user)
    try:
        answers = [(crowd.answer("GET", "/v1/workouts"), reader.answer("GET", "/v1/workouts")) for _ in range(8)]
    finally:
        command(stack, "unbrake", crowd.email, group=user)

    refused = [one for one, _ in answers if one.status_code == 429]
    assert len(refused) >= 3
    assert all(one.json()["code"] == "too_many_requests" and int(one.headers["Retry-After"]) <= 70 for one in refused)
    assert {other.status_code for _, other in answers} == {200}
    assert all('"athlete";r=' in one.headers["RateLimit"] for pair in answers for one in pair)


def _beside(
    stack: DeployedStack, crowd: Athlete, reader: Athlete, files: list[Path]
) -> tuple[float, list[dict[str, Any]]]:
    """How long a read takes while they are worked off, as many at once as may be; and what becomes of them."""
    with _held_back(stack):
        sent = [crowd.send(file) for file in files]
    eventually(lambda: _running(stack) >= CEILING)
    _median_read_s(reader, WARM)  # until their processes have started
    read_s = _median_read_s(reader, READS)
    assert _running(stack) >= CEILING  # what other tests left in the queue comes again, sooner or later
    return read_s, [crowd.outcome_of(upload_id) for upload_id in sent]


@contextmanager
def _held_back(stack: DeployedStack) -> Iterator[None]:
    """Sending is work of the same machine: first all of it, then that of the queue."""
    mapping = _mapping(stack)["UUID"]
    stack.aws.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        stack.aws.functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def _mapping(stack: DeployedStack) -> Any:
    (mapping,) = stack.aws.functions.list_event_source_mappings(FunctionName=FUNCTION)["EventSourceMappings"]
    return mapping


def _files(folder: Path) -> Iterator[Path]:
    """One ride of eleven hours, each time in other bytes: all of them are decoded and measured, and all but the first
    are its twins. Packed, so that they are work for the functions and little for the emulator."""
    ride = _ride()
    for n in range(1 + FEW + UPLOADS):
        file = folder / f"{n}.gpx.gz"
        file.write_bytes(gzip.compress(ride.replace(b"<trk>", b"<!-- %d --><trk>" % n, 1), compresslevel=1))
        yield file


def _ride() -> bytes:
    began = datetime(2026, 11, 20, 5, tzinfo=UTC)
    points = (
        f'<trkpt lat="{52 + n / 50_000:.5f}" lon="13.3"><ele>{40 + n % 90}</ele>'
        f"<time>{(began + timedelta(seconds=n)).isoformat()}</time></trkpt>"
        for n in range(POINTS)
    )
    text = f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{"".join(points)}</trkseg></trk></gpx>'
    return text.encode()


def _median_read_s(athlete: Athlete, times: int) -> float:
    return statistics.median(_read_s(athlete) for _ in range(times))


def _read_s(athlete: Athlete) -> float:
    started = time.perf_counter()
    athlete.get("/v1/workouts")
    return time.perf_counter() - started


def _running(stack: DeployedStack) -> int:
    url = stack.aws.sqs.get_queue_url(QueueName=FUNCTION)["QueueUrl"]
    name = "ApproximateNumberOfMessagesNotVisible"
    return int(stack.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _runs(stack: DeployedStack, began_ms: int) -> list[tuple[float, float]]:
    """From when until when each ran, in seconds."""
    pages = stack.aws.client("logs").get_paginator("filter_log_events")
    events = [
        event
        for page in pages.paginate(logGroupName=f"/aws/lambda/{FUNCTION}", startTime=began_ms)
        for event in page["events"]
    ]
    found = [(event["timestamp"] / 1000, REPORT.match(event["message"])) for event in events]
    return [(end - float(report[2]) / 1000, end - BLUR_S) for end, report in found if report]


def _at_once(runs: list[tuple[float, float]]) -> int:
    """The most of them that ran at the same moment."""
    return max(sum(other[0] <= begin < other[1] for other in runs) for begin, _ in runs)
