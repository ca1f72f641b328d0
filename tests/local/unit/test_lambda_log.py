"""A function's log ends at its own mark: nobody waits for silence."""

import queue
from typing import Any

import pytest

from local.patches.lambda_log import CLOSED, MARK, log_until


class Log:
    """What a worker wrote; to read on after the last entry would be to wait for silence."""

    def __init__(self, *entries: Any) -> None:
        self.left = list(entries)

    def get(self, *, timeout: float) -> Any:
        assert self.left, "waited for more than the mark"
        return self.left.pop(0)

    def put(self, item: Any) -> None:
        self.left.append(item)


class SilentLog(Log):
    """A process that lives and writes no mark."""

    waits = 0

    def get(self, *, timeout: float) -> Any:
        if self.left:
            return self.left.pop(0)
        self.waits += 1
        raise queue.Empty


def test_the_lines_of_a_request_end_at_its_mark() -> None:
    log = Log("first", "second", f"{MARK}r1", "of the next")

    assert log_until(log, "r1", within_s=1) == "first\nsecond"

    assert log.left == ["of the next"]


def test_a_silent_function_is_read_without_waiting() -> None:
    log = Log(f"{MARK}r1")

    assert log_until(log, "r1", within_s=1) == ""


def test_a_line_without_an_end_is_not_lost() -> None:
    log = Log("whole", f"half{MARK}r1")

    assert log_until(log, "r1", within_s=1) == "whole\nhalf"


def test_a_mark_of_an_earlier_request_ends_nothing() -> None:
    log = Log("late", f"{MARK}r1", "own", f"{MARK}r2")

    assert log_until(log, "r2", within_s=1) == "late\nown"


def test_empty_lines_stay() -> None:
    log = Log("first", "", "third", f"{MARK}r1")

    assert log_until(log, "r1", within_s=1) == "first\n\nthird"


LOOKALIKES = {"separator": "\x1e", "unnamed": MARK[:-1], "request": "r1", "bare": f"{MARK[1:]}r1"}


@pytest.mark.parametrize("line", LOOKALIKES.values(), ids=LOOKALIKES)
def test_a_line_that_only_resembles_a_mark_is_a_line(line: str) -> None:
    log = Log(line, f"{MARK}r1")

    assert log_until(log, "r1", within_s=1) == line


def test_the_end_of_the_stream_ends_a_log_for_everybody_who_asks() -> None:
    log = Log("last words", CLOSED)

    assert log_until(log, "r1", within_s=1) == "last words"

    assert log_until(log, "r2", within_s=1) == ""


def test_a_process_that_writes_no_mark_is_not_waited_for_again() -> None:
    log = SilentLog("words")

    assert log_until(log, "r1", within_s=1) == "words"

    assert log.waits == 1
