"""`stadion up` on a small CDK app: first, again, changed, broken, locked."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.aws import Aws
from local.deployment import CdkApp, Outcome, Stamp
from local.emulator import Emulator, free_port, owner_of
from local.errors import AnotherUpIsRunning, DeployFailed, EmulatorDied, PortTaken, SynthFailed
from local.lock import only_one
from local.paths import CLOUD_ASSEMBLIES, ROOT, StackFolder
from stadion_cli.base.outputs import Outputs
from stadion_cli.stack.service import deploy
from tests.kit.stack import WAIT_S, bare_emulator

APP = """
from aws_cdk import App, CfnOutput, CfnResource, Stack
from aws_cdk.aws_events import EventBus, EventPattern
from aws_cdk.aws_lambda import Code, Function, Runtime

app = App()
first = Stack(app, "stadion-platform")
bus = EventBus(first, "Bus", event_bus_name="stadion")
bus.archive("Archive", archive_name="stadion", event_pattern=EventPattern(source=["stadion.workouts"]))
CfnOutput(first, "BusName", value=bus.event_bus_name)
second = Stack(app, "stadion-workouts")
second.add_dependency(first)
Function(
    second, "Api", function_name="stadion-workouts-api", runtime=Runtime.PYTHON_3_11, handler="api.handler",
    code=Code.from_asset("functions"),
)
# BROKEN
app.synth()
"""
REFUSED = 'CfnResource(second, "Series", type="AWS::Timestream::Database")'
FAILING = """
CfnResource(second, "Client", type="AWS::Cognito::UserPoolClient", properties={"UserPoolId": "us-east-1_nowhere"})
"""


@pytest.fixture
def app(tmp_path: Path) -> CdkApp:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "api.py").write_text("def handler(event, context):\n    return 1\n")
    return CdkApp(tmp_path, (sys.executable, "app.py"), ("app.py", "functions"), tmp_path / "cdk.out")


@pytest.fixture
def aws(emulator: Emulator) -> Any:
    """The session's emulator, emptied."""
    httpx.post(f"{emulator.url}/_ministack/reset", timeout=WAIT_S).raise_for_status()
    return Aws.local(port=emulator.port)


@pytest.fixture
def folder(emulator: Emulator, tmp_path: Path) -> StackFolder:
    return StackFolder(tmp_path / "stack")


def answer(aws: Aws) -> Any:
    return json.loads(aws.functions.invoke(FunctionName="stadion-workouts-api")["Payload"].read())


def changed(app: CdkApp, file: str, old: str, new: str) -> None:
    path = app.root / file
    path.write_text(path.read_text().replace(old, new))


def test_the_first_up_deploys_all_and_the_second_nothing(aws: Aws, folder: StackFolder, app: CdkApp) -> None:
    first = deploy(aws, folder, app=app)
    assert first.deployed == ("stadion-platform", "stadion-workouts")
    assert first.synthesized
    assert answer(aws) == 1
    assert Outputs.of(aws)["BusName"] == "stadion"
    assert [archive["ArchiveName"] for archive in aws.events.list_archives()["Archives"]] == ["stadion"]

    started = time.monotonic()
    second = deploy(aws, folder, app=app)
    assert second == Outcome(first.content_hash, (), first.deployed, synthesized=False)
    assert time.monotonic() - started < 3


def test_a_changed_function_redeploys_its_stack_only(aws: Aws, folder: StackFolder, app: CdkApp) -> None:
    deploy(aws, folder, app=app)
    changed(app, "functions/api.py", "return 1", "return 2")
    again = deploy(aws, folder, app=app)
    assert (again.deployed, again.unchanged) == (("stadion-workouts",), ("stadion-platform",))
    assert answer(aws) == 2


def test_a_change_taken_back_is_not_synthesized_again(aws: Aws, folder: StackFolder, app: CdkApp) -> None:
    deploy(aws, folder, app=app)
    changed(app, "functions/api.py", "return 1", "return 2")
    deploy(aws, folder, app=app)
    changed(app, "functions/api.py", "return 2", "return 1")
    back = deploy(aws, folder, app=app)
    assert (back.synthesized, back.deployed) == (False, ("stadion-workouts",))
    assert answer(aws) == 1


def test_an_emulator_that_forgot_everything_gets_everything_again(
    aws: Aws, folder: StackFolder, app: CdkApp, emulator: Emulator
) -> None:
    deploy(aws, folder, app=app)
    httpx.post(f"{emulator.url}/_ministack/reset", timeout=WAIT_S).raise_for_status()
    assert deploy(aws, folder, app=app).deployed == ("stadion-platform", "stadion-workouts")


@pytest.mark.parametrize(
    ("line", "named"),
    [(REFUSED, "AWS::Timestream::Database"), (FAILING, "Client (AWS::Cognito::UserPoolClient)")],
    ids=["a refused type", "a failing resource"],
)
def test_a_failed_deployment_names_the_resource_and_the_reason(
    aws: Aws, folder: StackFolder, app: CdkApp, line: str, named: str
) -> None:
    changed(app, "app.py", "# BROKEN", line)
    with pytest.raises(DeployFailed) as caught:
        deploy(aws, folder, app=app)
    assert named in caught.value.message
    assert "stadion-workouts" in caught.value.message
    assert "Traceback" not in caught.value.message
    assert Stamp.read(folder.stamp).content_hash == ""


def test_a_failed_synthesis_shows_its_error(aws: Aws, folder: StackFolder, app: CdkApp) -> None:
    changed(app, "app.py", "# BROKEN", "raise ValueError('no such table')")
    with pytest.raises(SynthFailed, match="no such table"):
        deploy(aws, folder, app=app)


def test_two_at_once_do_not_trample(tmp_path: Path) -> None:
    lock = tmp_path / "4566.lock"
    with only_one(lock), pytest.raises(AnotherUpIsRunning), only_one(lock):
        pass
    with only_one(lock):
        pass


class TestEmulator:
    def test_a_taken_port_is_told_with_its_owner(self, tmp_path: Path) -> None:
        port = free_port()
        command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
        other = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
        try:
            while owner_of(port) is None:
                time.sleep(0.05)
            with pytest.raises(PortTaken) as caught:
                Emulator(port, StackFolder(tmp_path / "stack")).start()
            assert f"process {other.pid}" in caught.value.message
            assert "http.server" in caught.value.message
        finally:
            other.kill()
            other.wait()

    def test_a_dead_emulator_is_told_with_its_last_words(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("local.emulator.LAUNCHER", "local.no_such_launcher")
        with pytest.raises(EmulatorDied) as caught:
            Emulator(free_port(), StackFolder(tmp_path)).start()
        assert "no_such_launcher" in caught.value.message
        assert str(tmp_path / "emulator.log") in caught.value.hint

    def test_starting_twice_starts_once(self, tmp_path: Path) -> None:
        with bare_emulator(tmp_path) as emulator:
            first = emulator.running()
            assert not emulator.start()
            assert emulator.running() == first
            assert emulator.stop()
            assert not emulator.stop()


def test_the_hash_is_about_content_and_not_about_caches(app: CdkApp) -> None:
    before = app.content_hash()
    cache = app.root / "functions" / "__pycache__"
    cache.mkdir()
    (cache / "api.cpython-311.pyc").write_bytes(b"x")
    (app.root / "README.md").write_text("not a source")
    assert app.content_hash() == before
    (app.root / "functions" / "more.py").write_text("")
    assert app.content_hash() != before


def test_the_default_app_is_this_repository() -> None:
    assert CdkApp().root == ROOT
    assert CdkApp().assemblies == CLOUD_ASSEMBLIES
