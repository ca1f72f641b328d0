"""Where a run's time goes: CPU seconds of each test and of the processes that it waited for."""

import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

WRITTEN_TO = "STADION_TEST_TIMES"
CPU_S = "cpu_s"

_seconds: dict[str, float] = {}


def _spent() -> float:
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    started = _spent()
    item.stash[STARTED] = started
    return (yield)


STARTED = pytest.StashKey[float]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Iterator[None]:
    report = yield
    if call.when == "teardown":
        report.user_properties.append((CPU_S, _spent() - item.stash[STARTED]))  # type: ignore[attr-defined]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, value in report.user_properties:
        if name == CPU_S and report.when == "teardown":
            _seconds[report.nodeid] = float(str(value))


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = os.environ.get(WRITTEN_TO)
    if target and not hasattr(session.config, "workerinput"):
        Path(target).write_text(json.dumps(_seconds), encoding="utf-8")
