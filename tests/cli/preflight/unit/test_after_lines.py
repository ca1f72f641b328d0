"""The checks of lines that stay open, the WebSocket and the bus, where the other end does not do its part."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close

import local.demo.live as demo
from stadion_cli.preflight.after import bus, live, sizes
from stadion_cli.preflight.checks import Check, Result, Status, made
from stadion_cli.preflight.run import TEMPORARY
from tests.cli.preflight import worlds


def result(look: Callable[..., Any]) -> Result:
    world = worlds.deployed({"dynamodb.put_item": {}})
    athlete = SimpleNamespace(access_token="t", user_id="u-1", sign_in=lambda _: None)
    world.people = SimpleNamespace(athlete=lambda _: athlete)  # type: ignore[assignment]
    return made(Check(0, "x", "X", (look,)), world)


class Socket:
    """Answers a message with an error, with nothing of use, or by ending the line."""

    def __init__(self, does: str) -> None:
        self._does = does

    def send(self, _: str) -> None:
        pass

    def recv(self, timeout: float) -> str:
        if self._does == "ends":
            raise ConnectionClosedError(Close(1009, "too big"), None)
        return json.dumps({"type": "error" if self._does == "refuses" else "pong"})

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("does", "expected"), [("ends", Status.PASSED), ("refuses", Status.PASSED), ("answers", Status.FAILED)]
)
def test_a_message_that_is_too_large_ends_the_line_or_is_refused(
    does: str, expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "dial", lambda *_: Socket(does))
    assert result(live.too_large).status is expected


@pytest.mark.parametrize(("guarded", "expected"), [(True, Status.PARTLY), (False, Status.FAILED)])
def test_a_bad_token_opens_no_line(guarded: bool, expected: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    def dial(_: str) -> Socket:
        if guarded:
            raise InvalidStatus(SimpleNamespace(status_code=401, body=None))  # type: ignore[arg-type]
        return Socket("answers")

    line = SimpleNamespace(ask=lambda _: {"type": "pong"}, hang_up=lambda: None)
    monkeypatch.setattr(demo, "dial", dial)
    monkeypatch.setattr(demo, "Line", lambda *_: line)
    assert result(live.comes_in).status is expected


@pytest.mark.parametrize(("pushes", "expected"), [(True, Status.PASSED), (False, Status.FAILED)])
def test_a_follower_who_is_told_nothing_is_found(
    pushes: bool, expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    running = SimpleNamespace(
        start=lambda *_: None,
        allow=lambda _: None,
        samples=lambda *_, **__: None,
        say=lambda command, _: said.append(command),
        line=SimpleNamespace(hang_up=lambda: None),
    )
    follower = SimpleNamespace(seen=[], finds=lambda _: True, line=running.line)
    follower.look = lambda within_s: follower.seen.append("update") if pushes else None
    monkeypatch.setattr(live, "TOLD_WITHIN_S", 0.01)
    monkeypatch.setattr(demo, "Live", lambda *_: running)
    monkeypatch.setattr(demo, "Follower", SimpleNamespace(with_account=lambda *_: follower))
    assert result(live.a_follower_sees).status is expected
    assert said == ["stop"], "the session is over, whatever was seen"


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """What comes out of the bus, look by look."""
    heard: list[list[dict[str, Any]]] = []

    @contextmanager
    def listening(*_: Any, name: str) -> Iterator[Any]:
        assert name.startswith(f"{TEMPORARY}pf00000000-"), "a sweep of the run finds it"
        yield SimpleNamespace(read=lambda: heard.pop(0) if heard else [])

    for module in (bus, sizes):
        monkeypatch.setattr(module, "listening", listening)
    monkeypatch.setattr(bus.time, "sleep", lambda _: None)
    monkeypatch.setattr(bus, "WITHIN_S", 0.01)
    monkeypatch.setattr(sizes, "EVENT_WITHIN_S", 0.01)
    return heard


def event(**data: Any) -> dict[str, Any]:
    return {"detail": {"data": {"padding": "", **data}}}


def test_an_outbox_of_which_nothing_comes_is_named(listener: list[list[dict[str, Any]]]) -> None:
    refused = result(bus.outboxes)
    assert refused.status is Status.FAILED
    assert "workouts" in refused.findings[0].words
    listener.append([event(service="workouts")])
    assert result(bus.outboxes).status is Status.PASSED


def test_the_largest_event_must_come_whole(listener: list[list[dict[str, Any]]]) -> None:
    listener.append([event(service="workouts", padding="x" * 10)])
    assert result(sizes.largest_event).status is Status.FAILED
    listener.append([event(service="workouts", padding="x" * sizes.LARGEST_EVENT)])
    assert result(sizes.largest_event).status is Status.PASSED
