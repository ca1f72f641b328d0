"""The local Timestream beside an emulator: started and stopped with it, found by its functions, remembered."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.aws import Aws
from local.deployment import CdkApp
from local.emulator import Emulator, free_port
from local.errors import TimestreamDied
from local.paths import StackFolder
from local.processes import alive
from local.timestream_process import DATABASE, TimestreamProcess
from stadion_cli.stack.service import deploy
from tests.kit.stack import bare_emulator

APP = """
from aws_cdk import App, Stack
from aws_cdk.aws_lambda import Code, Function, Runtime

app = App()
Function(
    Stack(app, "stadion-telemetry"), "Api", function_name="asks", runtime=Runtime.PYTHON_3_11, handler="api.handler",
    code=Code.from_asset("functions"),
)
app.synth()
"""
ASKS = """
import os, boto3

def handler(event, context):
    asked = boto3.client("timestream-query").query(QueryString=event["query"])
    tables = boto3.client("timestream-write").list_tables(DatabaseName=os.environ["STADION_TIMESTREAM_DATABASE"])
    return {"rows": asked["Rows"], "tables": sorted(table["TableName"] for table in tables["Tables"])}
"""


@pytest.fixture
def app(tmp_path: Path) -> CdkApp:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "api.py").write_text(ASKS)
    return CdkApp(tmp_path, (sys.executable, "app.py"), ("app.py", "functions"), tmp_path / "cdk.out")


def ask(aws: Aws) -> Any:
    payload = json.dumps({"query": "SELECT 1 AS one"})
    return json.loads(aws.functions.invoke(FunctionName="asks", Payload=payload)["Payload"].read())


def test_functions_ask_the_timestream_that_was_started_beside_them(tmp_path: Path, app: CdkApp) -> None:
    with bare_emulator(tmp_path / "stack", with_timestream=True) as emulator:
        aws = Aws.local(port=emulator.port)
        deploy(aws, emulator.folder, app=app)
        assert ask(aws) == {
            "rows": [{"Data": [{"ScalarValue": "1"}]}],
            "tables": ["device_samples", "workout_samples", "workouts"],
        }
        assert emulator.timestream is not None
        running = emulator.timestream.running()
        assert running is not None
    assert not alive(running.pid)

    with Emulator(emulator.port, emulator.folder, with_timestream=True) as again:
        assert again.timestream is not None
        assert again.timestream.url == f"http://127.0.0.1:{running.port}"
        assert again.timestream.has_tables()
        assert ask(aws)["tables"]
        started = again.running()
        again.timestream.stop()
        again.start()
        assert again.running() == started, "the functions that run find it where it was"
        again.timestream.stop()
        with _something_at(running.port):
            again.start()
        assert again.running() != started, "they would look for it where it is not"
        assert ask(aws)["tables"]
        last = again.timestream.running()
    assert last is not None
    assert not alive(last.pid)
    again.reset()
    assert not again.folder.path.exists()


@contextmanager
def _something_at(port: int) -> Iterator[None]:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


def test_a_stack_without_it_has_no_time_series_of_its_own(tmp_path: Path, app: CdkApp) -> None:
    with bare_emulator(tmp_path / "stack") as emulator:
        deploy(Aws.local(port=emulator.port), emulator.folder, app=app)
        assert emulator.timestream is None
        assert not emulator.folder.timestream.exists()


def test_it_takes_another_port_when_its_own_is_taken(tmp_path: Path) -> None:
    first = TimestreamProcess(StackFolder(tmp_path / "a"), beside=free_port())
    assert first.start()
    second = TimestreamProcess(StackFolder(tmp_path / "b"), beside=int(first.url.rpartition(":")[2]) - 4)
    try:
        assert second.start()
        assert not second.start()
        assert first.url != second.url
        assert second.variables()["STADION_TIMESTREAM_DATABASE"] == DATABASE
    finally:
        assert second.stop()
        assert first.stop()
    assert not first.stop()


def test_its_last_words_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.timestream_process.MODULE", "local.no_such_timestream")
    with pytest.raises(TimestreamDied, match="no_such_timestream"):
        TimestreamProcess(StackFolder(tmp_path)).start()
