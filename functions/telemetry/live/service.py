"""Use cases of a live workout. Every one of them may be repeated, over either way in."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from stadion import claims
from stadion.events.telemetry import LiveOutcome, LiveSessionFinished, LiveSessionStarted
from stadion.events.workouts import StreamsClaim
from stadion.observability import count
from stadion.pagination import Page
from stadion.retry import WriteConflictError, retry_on_conflict
from stadion.streams.recorded import bundle
from telemetry.athletes import store as people
from telemetry.chunk_store import LIVE
from telemetry.live.audience import service as audience
from telemetry.live.audience import store as audience_store
from telemetry.live.audience.advance import advanced
from telemetry.live.audience.sight import Shown
from telemetry.live.audience.store import Beside
from telemetry.live.errors import (
    LiveSessionIdTakenError,
    LiveSessionIsFinishedError,
    LiveSessionNotFoundError,
)
from telemetry.live.sessions import store as session_store
from telemetry.live.sessions.batches import Judged, judged, minutes_of
from telemetry.live.sessions.chunks import NOTHING, Samples, gaps, merged, unpacked
from telemetry.live.sessions.domain import CLOCK_SKEW, Session, started
from telemetry.live.sessions.intake import Intake, decide, ending, holds_nothing
from telemetry.live.values import (
    Coverage,
    MarkKind,
    SampleReceipt,
    SentSamples,
    SessionReport,
    SessionSummary,
    Start,
)


def start(user_id: str, wanted: Start, now: datetime) -> SessionReport:
    return retry_on_conflict(lambda: _start(user_id, wanted, now))


def _start(user_id: str, wanted: Start, now: datetime) -> SessionReport:
    known = session_store.find(user_id, wanted.session_id)
    if known is not None:
        if Start.model_validate(known.model_dump()) != wanted:
            raise LiveSessionIdTakenError
        return _detail(user_id, known)
    session = started(wanted, now)
    event = LiveSessionStarted(
        session_id=session.session_id, sport_type=session.sport_type, started_at=session.started_at
    )
    session_store.create(
        user_id, session, [event], now, also=lambda change: audience_store.begin(change, user_id, session)
    )
    count("LiveStarted")
    return _report(session, NOTHING)


def mark(user_id: str, session_id: str, kind: MarkKind, at_s: float | None, now: datetime) -> SessionReport:
    def change(session: Session) -> Session:
        session.check_takes_more(now)
        if at_s is not None:
            session.check_time(at_s, now, pointer="#/at_s")
        return session.marked(kind, session.clock_s(now) if at_s is None else at_s)

    return _detail(user_id, _changed(user_id, session_id, change, at_s, now))


def stop(user_id: str, session_id: str, at_s: float | None, now: datetime) -> SessionReport:
    def change(session: Session) -> Session:
        session.check_takes_more(now)
        if at_s is not None:
            session.check_time(at_s, now, pointer="#/at_s")
        return session.stopped(at_s, now)

    return _detail(user_id, _changed(user_id, session_id, change, at_s, now))


def close_forgotten(user_id: str, session_id: str, unheard_since: datetime, now: datetime) -> bool:
    """False when it was heard meanwhile. A finish that was interrupted is done to the end."""
    known = session_store.find(user_id, session_id)
    if known is None or (known.is_open and known.heard_at >= unheard_since):
        return False

    def change(session: Session) -> Session:
        return session.forgotten(now) if session.is_open and session.heard_at < unheard_since else session

    _changed(user_id, session_id, change, None, now)
    return True


def discard(user_id: str, session_id: str, now: datetime) -> SessionReport:
    def change(session: Session) -> Session:
        if session.outcome is LiveOutcome.DISCARDED:
            return session
        if not session.is_open:
            raise LiveSessionIsFinishedError
        return session.discarded(now)

    return _report(_changed(user_id, session_id, change, None, now), NOTHING)


def _changed(
    user_id: str, session_id: str, change: Callable[[Session], Session], at_s: float | None, now: datetime
) -> Session:
    """First nothing more gets in unnoticed, then what is in is made known; a crash between is mended later."""

    def once() -> tuple[Session, Callable[[], None]]:
        besides = audience_store.beside(user_id, session_id)
        existing = session_store.existing_with(user_id, session_id, besides=besides)
        new = change(existing.session)
        if new == existing.session:
            return new, lambda: None
        beside = audience_store.found_beside(existing.found, user_id, session_id, now)
        unfinished_since = None if new.is_open else now
        heard = new.model_copy(update={"heard_at": max(now, new.heard_at), "unfinished_since": unfinished_since})
        shown = beside.known(heard)
        if existing.session.is_open:
            shown = shown.told(heard, heard.clock_s(now) if at_s is None else at_s, beside.privacy)
        session_store.save(user_id, existing.stored, heard, now, also=lambda change: beside.keep(change, shown))
        return heard, lambda: _leave_word(user_id, heard, beside, shown, now)

    changed, leave_word = retry_on_conflict(once)
    leave_word()
    if not changed.is_open:
        changed = finish(user_id, session_id, now)
    return changed


def _leave_word(user_id: str, session: Session, beside: Beside, shown: Shown, now: datetime) -> None:
    """For those who watch. An end out of sight is told when it says nothing: so long after the last visible moment."""
    if not beside.is_watched:
        return
    audience.leave_word(user_id, session.session_id, now)
    vanished = shown.sight.is_hidden and not beside.known(session).sight.is_hidden
    if not vanished:
        return
    left = audience.TOLD_OVER_AFTER - (now - (shown.seen_at or now))
    if left >= timedelta(0):
        audience.leave_word_of_end(user_id, session.session_id, now, after=left)
    elif session.outcome is LiveOutcome.FORGOTTEN:
        audience.leave_word_of_end(user_id, session.session_id, now, after=timedelta(0))


def finish(user_id: str, session_id: str, now: datetime) -> Session:
    """Makes known what a closed session holds, if that is more than was known before; a discarded one holds nothing."""
    return retry_on_conflict(lambda: _finish(user_id, session_id, now))


def _finish(user_id: str, session_id: str, now: datetime) -> Session:
    stored, session = session_store.existing(user_id, session_id)
    if session.unfinished_since is None or session.is_open:
        return session
    if holds_nothing(session):
        session_store.delete_chunks(user_id, session_id)
    parts = session_store.chunks(user_id, session_id)
    ended = ending(session, parts, now)
    event = _finished(ended.session, _claim(user_id, ended.session, parts) if parts else None, ended.last_s)
    session_store.save(user_id, stored, ended.session, now, events=[event])
    count(f"Live{event.outcome.value.capitalize()}")
    return ended.session


def _claim(user_id: str, session: Session, parts: list[bytes]) -> StreamsClaim:
    """The chunks as they are. `/live` tells the keeper that they are in its table already."""
    data = bundle(parts)
    content = hashlib.sha256(data).hexdigest()[:16]
    samples = sum(len(unpacked(part)) for part in parts)
    key = f"{claims.folder(user_id, session.session_id)}{content}/{LIVE}"
    return StreamsClaim(key=claims.deposit(key, data), samples=samples)


def _finished(session: Session, claim: StreamsClaim | None, last_s: float | None) -> LiveSessionFinished:
    end_s = session.end_s(last_s)
    return LiveSessionFinished(
        session_id=session.session_id,
        revision=max(1, session.finished),
        outcome=session.outcome or LiveOutcome.STOPPED,
        sport_type=session.sport_type,
        started_at=session.started_at,
        ended_at=session.started_at + timedelta(seconds=end_s),
        time_zone=session.time_zone,
        name=session.name,
        gear_ids=session.gear_ids,
        pauses=session.pauses(end_s),
        streams=claim,
    )


# --- samples ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Written:
    session: Session
    judged: Judged
    intake: Intake
    beside: Beside
    shown: Shown


def take(user_id: str, session_id: str, batch: SentSamples, now: datetime) -> SampleReceipt:
    """Two requests to the table. What is answered is kept; of a closed session, the workout is corrected."""
    written = retry_on_conflict(lambda: _take(user_id, session_id, batch, now))
    session, judged_, intake = written.session, written.judged, written.intake
    if not session.is_open and not batch.more:
        finish(user_id, session_id, now)
    if session.is_open and intake.changed:
        _leave_word(user_id, session, written.beside, written.shown, now)
    count("LiveSamples", intake.added)
    newest_s = intake.newest.time_s if intake.newest else 0.0
    return SampleReceipt(
        session_id=session_id,
        accepted=judged_.accepted,
        added=intake.added,
        received_until_s=max(judged_.samples.last_s or 0.0, session.until_s, newest_s),
        refused_count=judged_.refused_count,
        refused=judged_.refused,
        dropped=judged_.dropped,
    )


def _take(user_id: str, session_id: str, batch: SentSamples, now: datetime) -> _Written:
    minutes = minutes_of(batch)
    person_place = people.place_of(user_id)
    existing = session_store.existing_with(
        user_id,
        session_id,
        minutes=[*minutes, minutes[-1] + 1],
        besides=[*audience_store.beside(user_id, session_id), person_place],
    )
    session = existing.session
    beside = audience_store.found_beside(existing.found, user_id, session_id, now)
    person = existing.found[person_place].value
    session.check_takes_more(now)
    found = judged(batch, session, now, agrees=person is not None and person.agrees)
    known = {minute: chunk.value for minute, chunk in existing.chunks.items() if chunk.value is not None}
    intake = decide(found.samples, known, minutes[-1], session)
    shown = beside.known(session)
    if session.is_open:
        shown = advanced(shown, session, intake.samples, beside.privacy, now)
    if intake.changed:
        changed = [(existing.chunks[minute], data) for minute, data in intake.changed.items()]
        session_store.write_chunks(
            existing.stored, session, changed, now, also=lambda change: beside.keep(change, shown)
        )
    session_store.hear(existing.stored, session, found.samples.last_s or 0.0, now)
    return _Written(session, found, intake, beside, shown)


# --- reading ---------------------------------------------------------------------------------------------------------


def state(user_id: str, session_id: str) -> SessionReport:
    return _detail(user_id, session_store.get(user_id, session_id))


def sessions(user_id: str, *, limit: int, cursor: str | None) -> Page[SessionSummary]:
    return session_store.page(user_id, limit=limit, cursor=cursor).of(Session.summary)


def open_session_of(user_id: str) -> str:
    """The athlete's own."""
    found = session_store.open_session(user_id)
    if found is None:
        raise LiveSessionNotFoundError
    return found


def _detail(user_id: str, session: Session) -> SessionReport:
    return _report(session, merged(map(unpacked, session_store.chunks(user_id, session.session_id))))


def _report(session: Session, samples: Samples) -> SessionReport:
    return SessionReport(session.summary(), Coverage(len(samples), samples.last_s, gaps(samples)))


# --- the end of a session's chunks -----------------------------------------------------------------------------------


def saved(user_id: str, session_id: str, workout_id: str, now: datetime) -> str:
    """The diary has it: under its own id, or joined to a workout that has streams of its own."""

    def note() -> str:
        stored = session_store.read(user_id, session_id)
        known = stored.value
        if known is None or known.workout_id == workout_id:
            return "known"
        since = known.heard_at if known.unfinished_since is not None else None  # so the next round looks at it
        noted = known.model_copy(update={"workout_id": workout_id, "unfinished_since": since})
        session_store.save(user_id, stored, noted, now)
        return "noted"

    outcome = retry_on_conflict(note)
    if workout_id != session_id:
        retire(user_id, session_id, now)
    return outcome


def forget_health(user_id: str, workouts: Mapping[str, datetime | None], asked_at: datetime, now: datetime) -> int:
    """In the chunks of all sessions, those too that outlived theirs and are of these workouts (and when they began);
    in how many. What was recorded since is not meant, however late the request is heard, or once more: the phone's
    clock may be ahead, so since is `CLOCK_SKEW` later."""

    def forget(session_id: str, began_at: datetime | None) -> int:
        until_s = (asked_at + CLOCK_SKEW - began_at).total_seconds() if began_at is not None else None
        return retry_on_conflict(lambda: session_store.forget_health(user_id, session_id, until_s, now))

    return sum(forget(*one) for one in {**workouts, **session_store.starts(user_id)}.items())


def holds(user_id: str, session_id: str) -> bool:
    """Its chunks are in the table."""
    session = session_store.find(user_id, session_id)
    return session is not None and not session.sealed


def retire(user_id: str, session_id: str, now: datetime, *, is_deleted: bool = False) -> bool:
    """Its chunks count no more: nothing more is taken, and they go. An open session is left alone.

    What was taken and is not made known yet is made known first: an answered sample is kept. Chunks may outlive their
    session, and go when the workout `is_deleted`."""

    def seal() -> bool:
        stored = session_store.read(user_id, session_id)
        session = stored.value
        if session is None:
            return is_deleted
        if session.is_open:
            return False
        if session.unfinished_since is not None:
            finish(user_id, session_id, now)
            raise WriteConflictError
        if not session.sealed:
            session_store.save(user_id, stored, session.model_copy(update={"sealed": True}), now)
        return True

    is_closed = retry_on_conflict(seal)
    if is_closed:
        session_store.delete_chunks(user_id, session_id)
    return is_closed
