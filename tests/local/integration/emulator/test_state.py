"""What survives a restart and a kill, and what a reset forgets."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.aws import Aws
from local.emulator import Emulator
from local.paths import StackFolder
from tests.kit.stack import bare_emulator, code_mailed_to, eventually
from tests.local.integration.emulator.workshop import Queue, UserPool, Workshop, gathered


@dataclass
class Made:
    workshop: Workshop
    table: str
    bucket: str
    pool: UserPool
    function: str
    seen: Queue
    bus: str


def fill(emulator: Emulator) -> Made:
    workshop = Workshop(Aws.local(port=emulator.port))
    made = Made(
        workshop=workshop,
        table=workshop.table(),
        bucket=workshop.name("bucket"),
        pool=workshop.user_pool(),
        function=workshop.function("imports", layers=[workshop.layer("shelf", "ANSWER = 42\n" + "#" * 5000)]),
        seen=workshop.queue(),
        bus=workshop.bus_with_archive("stadion"),
    )
    workshop.subscribe(made.table, made.seen)
    for number in range(3):
        workshop.put(made.table, "USER#1", f"OUTBOX#{number}")
    gathered(made.seen, 1)
    workshop.s3.create_bucket(Bucket=made.bucket)
    workshop.s3.put_object(Bucket=made.bucket, Key="ride.fit", Body=b"fit")
    workshop.queue().send({"n": 1})
    made.pool.sign_up("athlete@stadion.example")
    made.pool.confirm("athlete@stadion.example", code_mailed_to(workshop.aws, "athlete@stadion.example"))
    workshop.put_event(made.bus, "WorkoutRecorded", {"n": 1})
    eventually(lambda: made.seen.take() == [])
    return made


def check(made: Made) -> None:
    workshop = made.workshop
    key = {"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}}
    assert workshop.dynamodb.get_item(TableName=made.table, Key=key)["Item"]
    assert workshop.s3.get_object(Bucket=made.bucket, Key="ride.fit")["Body"].read() == b"fit"
    queues = [Queue(workshop.aws, url) for url in workshop.aws.sqs.list_queues()["QueueUrls"]]
    assert [{"n": 1}] in [queue.take() for queue in queues if queue.url != made.seen.url]
    assert made.pool.refresh(made.pool.sign_in("athlete@stadion.example")["RefreshToken"])["AccessToken"]
    assert workshop.invoke(made.function, {"modules": ["shelf"]}) == {"shelf": 42}
    made.seen.take()
    workshop.put(made.table, "USER#1", "OUTBOX#after")
    assert "OUTBOX#after" in gathered(made.seen, 1)[0]["keys"], "the stream's reader still reads"
    archive = workshop.aws.events.describe_archive(ArchiveName="stadion")
    assert archive["EventCount"] == 1


def test_it_survives_a_restart(tmp_path: Path) -> None:
    with bare_emulator(tmp_path) as emulator:
        made = fill(emulator)

        emulator.stop()
        emulator.start()

        check(made)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="snapshots need a safe fork")
def test_it_survives_a_kill_but_for_the_last_seconds(tmp_path: Path) -> None:
    with bare_emulator(tmp_path, snapshot_every_s=0.5) as emulator:
        made = fill(emulator)
        filled = time.time() + 0.5
        eventually(lambda: _newest(emulator.folder.state) > filled)
        time.sleep(3)

        running = emulator.running()
        assert running
        os.killpg(running.pid, signal.SIGKILL)
        eventually(lambda: not emulator.running())
        emulator.start()

        check(made)


def test_reset_forgets(tmp_path: Path) -> None:
    with bare_emulator(tmp_path / "state") as emulator:
        fill(emulator)

        emulator.reset()
        assert not StackFolder(tmp_path / "state").path.exists()

        emulator.start()
        assert Aws.local(port=emulator.port).function_names() == []


def _newest(folder: Path) -> float:
    """When something below was written last."""
    return max((file.stat().st_mtime for file in folder.glob("*.json")), default=0.0)
