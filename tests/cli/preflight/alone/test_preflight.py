"""The checks after a deploy, on the deployed stack: what the emulator can do is green, and nothing stays behind.

Alone, since an alarm rings, and all queues and dead letters are looked at.
"""

import json
import signal
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from stadion_cli.app import app
from stadion_cli.preflight.after.listed import CHECKS
from tests.kit.command_line import started
from tests.kit.stack import PATIENCE_S, DeployedStack, eventually, everything, settle

pytestmark = pytest.mark.long
TABLES_BESIDE = ("stadion-standing",)
CANNOT = {
    12: "SnapStart",
    16: "grace",
    17: "signatures",
    19: "simulator",
    20: "times of resources",
    21: "--long",
    22: "emulator",
    24: "Lambda wrote of no start",
    25: "throttles nobody",
}
"""What the emulator has not, by a word of the reason."""


@pytest.fixture(scope="module")
def found(stack: DeployedStack) -> dict[str, Any]:
    settle(stack)
    shown = CliRunner().invoke(app, ["preflight", "--after", "--json", "--port", str(stack.emulator.port)])
    read: dict[str, Any] = json.loads(shown.stdout)
    return {**read, "exit_code": shown.exit_code}


def test_nothing_failed(found: dict[str, Any]) -> None:
    assert found["exit_code"] == 0, found["counts"]


@pytest.mark.parametrize("number", [check.number for check in CHECKS])
def test_what_the_emulator_can_do_is_green(found: dict[str, Any], number: int) -> None:
    (check,) = [one for one in found["checks"] if one["number"] == number]
    skipped = [one["words"] for one in check["findings"] if one["status"] == "skipped"]
    assert {one["status"] for one in check["findings"]} <= {"passed", "skipped"}, check
    assert check["status"] == (
        "passed" if not skipped else "partly" if len(skipped) < len(check["findings"]) else "skipped"
    )
    assert bool(skipped) is (number in CANNOT), skipped
    assert CANNOT.get(number, "") in " ".join(skipped)


def test_nothing_of_the_run_is_left(found: dict[str, Any], stack: DeployedStack) -> None:
    run = found["run"]
    settle(stack, run)
    assert everything(stack, run, *stack.tables.values(), *TABLES_BESIDE) == {}
    assert _queues(stack, run) == []
    assert [address for address in _athletes(stack) if run in address] == []
    keys: Any = stack.aws.client("apigateway")
    assert keys.get_api_keys(nameQuery=f"stadion-{run}")["items"] == []


def test_one_that_is_terminated_takes_its_data_along(stack: DeployedStack) -> None:
    begun = started(stack, "preflight", "--only", "13,16,22")
    eventually(lambda: _schedules(stack), every_s=0.2)
    begun.send_signal(signal.SIGTERM)
    begun.wait(PATIENCE_S)
    assert _schedules(stack) == []
    assert _athletes(stack) == []


def test_what_a_killed_one_left_is_swept(stack: DeployedStack) -> None:
    athlete = eventually(lambda: _killed_with_an_athlete(stack))
    settle(stack)  # of the athlete's registration, much is under way
    run = athlete.partition("+")[2].partition("-")[0]

    shown = CliRunner().invoke(app, ["preflight", "--sweep", run, "--json", "--port", str(stack.emulator.port)])

    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["removed"]["athletes"] == 1
    assert _athletes(stack) == []
    settle(stack, run)
    assert everything(stack, run, *stack.tables.values(), *TABLES_BESIDE) == {}


def _killed_with_an_athlete(stack: DeployedStack) -> str | None:
    """Whose run left them behind; nobody, when the run was over before anyone looked."""
    begun = started(stack, "preflight", "--only", "16")
    while begun.poll() is None:
        if athletes := _athletes(stack):
            begun.kill()
            begun.wait(PATIENCE_S)
            return athletes[0]
        time.sleep(0.1)
    return None


def _queues(stack: DeployedStack, run: str) -> list[str]:
    return list(stack.aws.sqs.list_queues(QueueNamePrefix=f"stadion-preflight-{run}").get("QueueUrls", []))


def _schedules(stack: DeployedStack) -> list[str]:
    client: Any = stack.aws.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName="stadion-campaigns")["Schedules"]]
    return [name for name in names if name.startswith("pf")]


def _athletes(stack: DeployedStack) -> list[str]:
    """By their address: a page has sixty users, and the tests' stack has more."""
    found = stack.aws.cognito.list_users(UserPoolId=stack.user_pool_id, Filter='email ^= "preflight+pf"')["Users"]
    return [one["Value"] for user in found for one in user["Attributes"] if one["Name"] == "email"]
