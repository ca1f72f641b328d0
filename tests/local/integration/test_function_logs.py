"""The log lines of an invocation: all of them, and only its own."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.aws import Aws
from tests.local.integration.emulator.workshop import ROLE, zipped

FUNCTION = """
import os, subprocess, sys, threading, time

late = []


def says(event, context):
    for line in event["lines"]:
        print(line)


def silent(event, context):
    return "said nothing"


def without_an_end(event, context):
    sys.stderr.write("no newline")
    return 1


def odd_output(event, context):
    os.write(2, b"bytes \\xff\\n")
    os.write(1, b"straight to standard output\\n")
    print("\\x1e--end-of-invocation--", context.aws_request_id)
    subprocess.run(["echo", "of a child"], stdout=2)


def closes_its_log(event, context):
    print("before")
    sys.stderr.close()


def a_thread_goes_on(event, context):
    def later():
        go_on.wait()
        print("from the thread")
    global go_on, thread
    if event["start"]:
        go_on = threading.Event()
        thread = threading.Thread(target=later)
        thread.start()
        print("started")
    else:
        go_on.set()
        thread.join()
        print("joined")


def fails(event, context):
    print("before it failed")
    raise ValueError("secret detail")


def hangs(event, context):
    print("before it hung")
    time.sleep(60)


def exits(event, context):
    print("before it left")
    os._exit(1)


def leaves_a_child(event, context):
    print("before the child")
    subprocess.Popen(["sleep", "20"])
    time.sleep(60)
"""


@dataclass(frozen=True)
class Functions:
    aws: Aws
    made: list[str]

    def make(self, handler: str, *, timeout: int = 20) -> str:
        name = f"log-{handler.replace('_', '-')}-{len(self.made)}"
        self.aws.functions.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=ROLE,
            Handler=f"talks.{handler}",
            Code={"ZipFile": zipped(talks=FUNCTION)},
            Timeout=timeout,
        )
        self.made.append(name)
        return name

    def log_of(self, function: str, **event: Any) -> list[str]:
        """The lines of one invocation, as they come with its answer."""
        answer = self.aws.functions.invoke(FunctionName=function, Payload=json.dumps(event), LogType="Tail")
        log = base64.b64decode(answer.get("LogResult", "")).decode()
        return log.split("\n") if log else []


@pytest.fixture(scope="module")
def functions(aws: Aws) -> Iterator[Functions]:
    made = Functions(aws, [])
    yield made
    for name in made.made:
        aws.functions.delete_function(FunctionName=name)


def test_each_invocation_has_its_own_lines(functions: Functions) -> None:
    function = functions.make("says")

    told = [functions.log_of(function, lines=[f"{n}-{line}" for line in range(n)]) for n in range(1, 8)]

    assert told == [[f"{n}-{line}" for line in range(n)] for n in range(1, 8)]


def test_a_long_log_is_whole(functions: Functions) -> None:
    """Longer than a pipe: the function would hang if nobody read along."""
    function = functions.make("says")
    lines = [f"{n} " + "x" * 90 for n in range(3000)]

    assert len("".join(lines)) > 4 * 65_536
    functions.log_of(function, lines=lines)

    assert functions.log_of(function, lines=["next"]) == ["next"]
    events = functions.aws.logs.filter_log_events(logGroupName=f"/aws/lambda/{function}", limit=10_000)["events"]
    assert [event["message"] for event in events if "x" * 90 in event["message"]] == lines


def test_a_silent_function_has_no_lines(functions: Functions) -> None:
    function = functions.make("silent")

    assert [functions.log_of(function) for _ in range(3)] == [[], [], []]


def test_a_last_line_without_an_end_belongs_to_its_invocation(functions: Functions) -> None:
    function = functions.make("without_an_end")

    assert [functions.log_of(function) for _ in range(3)] == [["no newline"]] * 3


def test_odd_output_is_a_log_line_like_any_other(functions: Functions) -> None:
    function = functions.make("odd_output")

    first, second = functions.log_of(function), functions.log_of(function)

    for log in (first, second):
        assert [log[0], log[1][:22], *log[2:]] == ["bytes \\xff", "\x1e--end-of-invocation--"[:22], "of a child"]


def test_a_function_that_closes_its_log_goes_on_working(functions: Functions) -> None:
    function = functions.make("closes_its_log")

    assert functions.log_of(function) == ["before"]


def test_what_a_thread_prints_later_belongs_to_the_invocation_that_runs_then(functions: Functions) -> None:
    function = functions.make("a_thread_goes_on")

    assert functions.log_of(function, start=True) == ["started"]

    assert functions.log_of(function, start=False) == ["from the thread", "joined"]


def test_a_failed_invocation_tells_what_it_printed_and_why(functions: Functions) -> None:
    function = functions.make("fails")

    for _ in range(2):
        log = functions.log_of(function)
        assert log[:2] == ["before it failed", "[ERROR] Traceback (most recent call last):"]
        assert log[-1] == "ValueError: secret detail"


@pytest.mark.parametrize("handler", ["hangs", "leaves_a_child"])
def test_a_function_killed_by_its_timeout_tells_what_it_printed(functions: Functions, handler: str) -> None:
    function = functions.make(handler, timeout=1)

    for _ in range(2):
        assert functions.log_of(function)[0].startswith("before")


def test_a_process_that_ends_tells_what_it_printed(functions: Functions) -> None:
    function = functions.make("exits")

    for _ in range(2):
        assert functions.log_of(function)[0] == "before it left"
