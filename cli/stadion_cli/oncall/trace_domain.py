"""What a request caused: its log lines, the events it published, and what became of them at each consumer."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from stadion_cli.oncall.bus_store import Subscription
from stadion_cli.oncall.loglines import LogLine

LATE_AFTER: Final = timedelta(seconds=60)
"""A consumer that has said nothing for so long is stuck; before that it is waiting."""
FAILURES: Final = {"not consumed", "arrival not processed", "unexpected error", "upload not processed"}
HEARD: Final = {"consumed", "not consumed"}
UNEXPECTED: Final = "unexpected_error"
STANDING: Final = frozenset(
    {
        "level", "location", "message", "timestamp", "service", "cold_start", "function_name", "function_memory_size",
        "function_arn", "function_request_id", "correlation_id", "xray_trace_id", "sampling_rate", "exception",
        "exception_name", "stack_trace", "event", "event_id", "outcome", "duration_ms", "workout_id", "source",
        "message_id",
    }
)  # fmt: skip


class State(StrEnum):
    DONE = "done"
    FAILED = "failed"
    WAITING = "waiting"
    STUCK = "stuck"


@dataclass(frozen=True)
class Step:
    """Something that a function did (or has not done yet)."""

    what: str
    function: str
    state: State
    at: datetime | None = None
    ms: float | None = None
    """Since the start of the trace."""
    took_ms: float | None = None
    outcome: str = ""
    effects: dict[str, Any] = field(default_factory=dict)
    tries: int = 1
    children: list["Step"] = field(default_factory=list)


@dataclass(frozen=True)
class Trace:
    correlation_id: str
    started_at: datetime
    steps: list[Step]

    @property
    def all_steps(self) -> list[Step]:
        return [inner for step in self.steps for inner in (step, *step.children)]

    @property
    def ended_ms(self) -> float:
        return max((step.ms or 0.0 for step in self.all_steps), default=0.0)

    def in_state(self, *states: State) -> list[Step]:
        return [step for step in self.all_steps if step.state in states]


def traces(lines: Iterable[LogLine], subscriptions: list[Subscription], now: datetime) -> list[Trace]:
    """One for each correlation id, oldest first."""
    by_id: dict[str, list[LogLine]] = {}
    for line in lines:
        if line.correlation_id:
            by_id.setdefault(line.correlation_id, []).append(line)
    made = [_Tracer(name, found, subscriptions, now).trace() for name, found in by_id.items()]
    return sorted(made, key=lambda trace: trace.started_at)


class _Tracer:
    def __init__(self, name: str, lines: list[LogLine], subscriptions: list[Subscription], now: datetime) -> None:
        self._name = name
        self._lines = sorted(lines, key=_began)
        self._subscriptions = subscriptions
        self._now = now
        self._started = _began(self._lines[0])

    def trace(self) -> Trace:
        told = (
            self._step(line) for line in self._lines if line.message in {"answered", "processed", "consumed"} | FAILURES
        )
        steps = [step for step in told if step is not None]
        published = self._first_published()
        events = [self._event(line) for line in published.values()]
        unpublished = [self._unpublished(line) for line in self._first_heard() if _event_id(line) not in published]
        ordered = sorted([*steps, *events, *unpublished], key=_order)
        return Trace(self._name, self._started, ordered)

    def _first_published(self) -> dict[str, LogLine]:
        """By event id: published twice (by a retried batch) is one event."""
        found: dict[str, LogLine] = {}
        for line in self._lines:
            if line.message == "published":
                found.setdefault(_event_id(line), line)
        return found

    def _first_heard(self) -> list[LogLine]:
        """The first line of each event that a consumer speaks of."""
        found: dict[str, LogLine] = {}
        for line in self._lines:
            if line.message in HEARD and _event_id(line):
                found.setdefault(_event_id(line), line)
        return list(found.values())

    def _step(self, line: LogLine) -> Step | None:
        fields = line.fields
        if line.message == "answered" and "action" in fields:
            code = fields.get("code")
            state = State.FAILED if code == UNEXPECTED else State.DONE
            return self._made(line, what=f"WS {fields['action']}", state=state, outcome=code or "done", effects={})
        if line.message == "answered":
            status = int(fields.get("status", 0))
            what = f"{fields.get('method')} {fields.get('route') or '(no route)'}"
            state = State.FAILED if status >= 500 else State.DONE
            return self._made(line, what=what, state=state, outcome=str(status), effects={})
        if line.message == "processed":
            failed = fields.get("outcome") == "failed"
            return self._made(line, what="file processed", state=State.FAILED if failed else State.DONE)
        if _event_id(line):
            return None  # it belongs to its event
        if line.message in HEARD:
            return self._work(line)
        return self._made(line, what=line.message, state=State.FAILED, outcome=_error(line))

    def _work(self, line: LogLine) -> Step | None:
        """What a service left for itself; a failure that was made good is only a number of tries."""
        mine = [one for one in self._lines if one.fields.get("message_id") == line.fields.get("message_id")]
        done = next((one for one in mine if one.message == "consumed"), None)
        failed = [one for one in mine if one.message == "not consumed"]
        if line is not (done or failed[-1]):
            return None
        what = str(line.fields.get("event"))
        if done is None:
            return self._made(line, what=what, state=State.FAILED, outcome=_error(line), effects={}, tries=len(failed))
        return self._made(line, what=what, state=State.DONE, tries=len(failed) + 1)

    def _event(self, line: LogLine) -> Step:
        name, source = str(line.fields["event"]), str(line.fields.get("source", ""))
        listeners = [s for s in self._subscriptions if s.wants(name, source)]
        children = [self._consumer(line, s.name) for s in listeners]
        effects = {"event_id": _event_id(line)}
        step = self._made(line, what=name, state=State.DONE, outcome="published", effects=effects)
        return replace(
            step, children=sorted(children, key=lambda child: child.ms if child.ms is not None else math.inf)
        )

    def _unpublished(self, heard: LogLine) -> Step:
        """Its publication is older than the search, or somebody put it into the queue."""
        event_id = _event_id(heard)
        functions = sorted({line.function for line in self._lines if _event_id(line) == event_id})
        children = [self._consumer(heard, function) for function in functions]
        event = str(heard.fields.get("event"))
        step = self._made(heard, what=event, state=State.DONE, outcome="publication not found", effects={})
        return replace(step, function="", took_ms=None, children=sorted(children, key=_order))

    def _consumer(self, published: LogLine, function: str) -> Step:
        event_id = _event_id(published)
        mine = [line for line in self._lines if line.function == function and _event_id(line) == event_id]
        done = [line for line in mine if line.message == "consumed"]
        failed = [line for line in mine if line.message == "not consumed"]
        if done:
            step = self._made(done[0], what="consumed", state=State.DONE, tries=len(failed) + 1)
            again = [str(line.fields.get("outcome")) for line in done[1:]]
            return replace(step, effects={**step.effects, "delivered_again": again} if again else step.effects)
        if failed:
            error = _error(failed[-1])
            return self._made(
                failed[-1], what="failed", state=State.FAILED, outcome=error, effects={}, tries=len(failed)
            )
        late = self._now - published.at > LATE_AFTER
        return Step(what="nothing heard", function=function, state=State.STUCK if late else State.WAITING)

    def _made(
        self,
        line: LogLine,
        *,
        what: str,
        state: State,
        outcome: str | None = None,
        effects: dict[str, Any] | None = None,
        tries: int = 1,
    ) -> Step:
        own = {key: value for key, value in line.fields.items() if key not in STANDING and value not in (None, [], {})}
        return Step(
            what=what,
            function=line.function,
            state=state,
            at=line.at,
            ms=round((line.at - self._started) / timedelta(milliseconds=1), 1),
            took_ms=line.fields.get("duration_ms"),
            outcome=str(line.fields.get("outcome", "")) if outcome is None else outcome,
            effects=own if effects is None else effects,
            tries=tries,
        )


def _event_id(line: LogLine) -> str:
    return str(line.fields.get("event_id") or "")


def _order(step: Step) -> float:
    return step.ms if step.ms is not None else math.inf


def _began(line: LogLine) -> datetime:
    """A line is written at the end of what it tells of."""
    return line.at - timedelta(milliseconds=float(line.fields.get("duration_ms") or 0))


def _error(line: LogLine) -> str:
    last = str(line.fields.get("exception", "")).strip().splitlines()[-1:]
    return last[0] if last else str(line.fields.get("exception_name", line.message))
