"""What is to be written of a batch, and what a closed session comes to: decided before anything is. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stadion.events.telemetry import LiveOutcome
from telemetry.live.errors import TooManySamplesError
from telemetry.live.sessions.chunks import NOTHING, Samples, by_minute, latest, merged, packed, unpacked
from telemetry.live.sessions.domain import Session
from telemetry.live.values import Latest, most_in


@dataclass(frozen=True)
class Intake:
    changed: Mapping[int, bytes] = field(default_factory=dict)
    """Minute -> its chunk, with what is new in it."""
    added: int = 0
    newest: Latest | None = None
    """What the athlete's own devices are to see: nothing if something later was there already."""
    samples: Samples = NOTHING
    """Those minutes, with what was known of them."""


def decide(samples: Samples, known: Mapping[int, bytes], last_minute: int, session: Session) -> Intake:
    """`known`: the chunks of the batch's minutes, and of the one after them. `TooManySamplesError`: none is taken."""
    changed: dict[int, bytes] = {}
    added = 0
    newest: Latest | None = None
    minutes: list[Samples] = []
    for minute, sent in by_minute(samples):
        before = unpacked(known[minute]) if minute in known else NOTHING
        after = merged([before, sent])
        if after.same_as(before):
            continue
        if len(after) > most_in(minute):
            raise TooManySamplesError(pointer="#/time_s", most=most_in(minute))
        changed[minute] = packed(after)
        minutes.append(after)
        added += len(after) - len(before)
        newest = latest(after) if after.last_s == sent.last_s else None
    is_overtaken = last_minute + 1 in known or (newest is not None and newest.time_s < session.until_s)
    return Intake(changed, added, None if is_overtaken else newest, merged(minutes))


@dataclass(frozen=True)
class Ending:
    session: Session
    """With the revision of its event."""
    last_s: float | None
    """Of the last sample; of a discarded session there is none."""


def ending(session: Session, parts: Sequence[bytes], now: datetime) -> Ending:
    """Of a closed session, by the chunks that it holds: nothing recorded and stopped by nobody is discarded."""
    last_s = unpacked(parts[-1]).last_s if parts else None
    if session.is_empty(last_s):
        session = session.discarded(now)
    update = {"finished": session.finished + 1, "until_s": last_s or 0.0, "unfinished_since": None}
    return Ending(session.model_copy(update=update), last_s)


def holds_nothing(session: Session) -> bool:
    return session.outcome is LiveOutcome.DISCARDED
