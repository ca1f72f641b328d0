"""The command line's frame: help, exit codes, panels, JSON, lazy commands."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.aws import Aws, local_endpoint
from local.emulator import free_port
from stadion_cli.base.errors import NOT_RUNNING, USAGE, UsageError
from stadion_cli.base.outputs import OutputMissing, Outputs, api_url
from stadion_cli.base.times import parse_duration
from stadion_cli.commands import COMMANDS
from stadion_cli.oncall.logs import Line, readable

STADION = Path(sys.prefix) / "bin" / "stadion"


def stadion(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([STADION, *arguments], capture_output=True, text=True, check=False)


def test_help_names_every_command_and_imports_none() -> None:
    code = (
        "import sys; sys.argv = ['stadion', '--help']\n"
        "from stadion_cli.app import main\n"
        "assert main() == 0\n"
        "not_yet = {'boto3', 'botocore', 'stadion_cli.stack.commands', 'local.emulator', 'infra_cdk'}\n"
        "assert not not_yet & sys.modules.keys()"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert all(command.name in shown.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_loads_and_explains_itself(command: str) -> None:
    shown = stadion(command, "--help")
    assert shown.returncode == 0, shown.stderr
    assert f"stadion {command}" in shown.stdout


def test_a_wing_is_found_by_what_it_lists_and_no_name_is_taken_twice() -> None:
    names = [command.name for command in COMMANDS]
    assert {"up", "dlq", "campaign", "partner", "new"} <= set(names), "each of another wing"
    assert len(names) == len(set(names))


def test_nothing_running_is_exit_code_3_with_a_hint() -> None:
    for command in (("status",), ("logs",)):
        shown = stadion(*command, "--port", str(free_port()))
        assert shown.returncode == NOT_RUNNING
        assert "stadion up" in shown.stderr
        assert "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("up", "--port", "many"),
        ("up", "--port", "1", "--endpoint", "http://x"),
        ("logs", "--since", "x"),
    ],
)
def test_a_wrong_question_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    shown = stadion(*arguments)
    assert shown.returncode == USAGE
    assert "Traceback" not in shown.stderr


def test_reset_without_a_terminal_and_without_yes_does_nothing() -> None:
    shown = subprocess.run(
        [STADION, "reset", "--port", str(free_port())], capture_output=True, text=True, check=False, input=""
    )
    assert shown.returncode == 1
    assert "--yes" in shown.stderr


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "http://127.0.0.1:4566"),
        ({"LOCALSTACK_HOST": "emulator:4599"}, "http://emulator:4599"),
        ({"AWS_ENDPOINT_URL": "http://elsewhere:1234/"}, "http://elsewhere:1234"),
        ({"EDGE_PORT": "4600"}, "http://127.0.0.1:4600"),
        ({"LOCALSTACK_HOST": "emulator:4599", "USE_SSL": "1"}, "https://emulator:4599"),
    ],
)
def test_localstacks_variables_name_the_endpoint(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOCALSTACK_HOST", "AWS_ENDPOINT_URL", "EDGE_PORT", "USE_SSL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert local_endpoint() == expected
    assert local_endpoint(port=4700) == "http://127.0.0.1:4700"
    assert Aws.local().endpoint == expected


def test_outputs_are_found_by_key_and_by_service() -> None:
    outputs = Outputs(
        {
            "stadion-platform": {"ApiId": "abcd1234"},
            "stadion-workouts": {"TableName": "w"},
            "stadion-inventory": {"TableName": "i"},
            "stadion-training-plans": {"TableName": "t"},
        }
    )
    assert outputs.require("ApiId") == "abcd1234"
    assert outputs.of_service("inventory", "TableName") == "i"
    assert outputs.of_service("training_plans", "TableName") == "t"
    assert outputs.tables() == {"workouts": "w", "inventory": "i", "training_plans": "t"}
    assert sorted(outputs) == ["ApiId", "TableName"]
    assert len(outputs) == 2
    assert api_url("http://127.0.0.1:4566", outputs) == "http://127.0.0.1:4566/_aws/execute-api/abcd1234"
    with pytest.raises(OutputMissing, match=r"stadion-workouts\.Nothing"):
        outputs.of_service("workouts", "Nothing")


@pytest.mark.parametrize(("text", "expected"), [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86400)])
def test_durations(text: str, expected: int) -> None:
    assert parse_duration(text) == timedelta(seconds=expected)


def test_a_bad_duration_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        parse_duration("soon")


def test_a_structured_log_line_becomes_one_readable_line() -> None:
    record = {"level": "WARNING", "message": "slow [1]", "correlation_id": "c1", "cold_start": True, "location": "x:1"}
    shown = readable(Line(datetime.now(UTC), "stadion-workouts-api", json.dumps(record)))
    assert "workouts-api" in shown
    assert "WARNING" in shown
    assert r"slow \[1]" in shown or "slow [1]" in shown
    assert "correlation_id=" in shown
    assert "cold_start" not in shown
    assert "location" not in shown
