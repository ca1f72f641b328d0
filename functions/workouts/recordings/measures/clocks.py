"""How long it took: the device's timer, its laps, the athlete's stops and the gaps between records are weighed against
one another. Elapsed time counts pauses, timer time does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stadion.streams.codec import Floats
from stadion.streams.recorded import BoolArray
from stadion.streams.told import paused_until
from stadion.training.holding import longest_s
from workouts.recordings.clock import DAY_S
from workouts.recordings.geo import hops_m
from workouts.recordings.limits import MAX_DAYS
from workouts.recordings.measures.doubts import long_runs
from workouts.recordings.measures.witnesses import Dispute, Verdict, agree, weighed
from workouts.recordings.recording import Pause, Recording, credible_elapsed_s

SESSION, LAPS, ELAPSED, EVENTS, RECORDS = "session", "laps", "elapsed", "events", "records"

PAUSE_SPEED_MPS = 1 / 3.6
_SEGMENT_GAP_S = 1.5
_SLACK_S = 5.0
_TOLERANCE = 0.02
_ROUNDING_S = 0.5
_ABSURD = 1.5
_RUNS_ON = 1.15
"""A recording may run on after the athlete stopped."""
_STANDING_S = 3.0
_STANDING_SHARE = 0.25
_NEAR = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Clocks:
    """`active_s` at each point: the clock that stands still in pauses."""

    pauses: tuple[Pause, ...]
    active_s: Floats
    claimed_s: float | None
    """The timer time that device or laps say."""


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    elapsed_s: float
    timer_s: float
    measured_by: dict[str, str]
    disputes: tuple[Dispute, ...]


def clocks(recording: Recording) -> Clocks:
    """Of the sets of pauses that stops and gaps make, the first that bears out what the device says of its timer."""
    claimed_s = _claimed_timer(recording)
    sets = list(_sets_of_pauses(recording))
    if claimed_s is None or len(recording) < 2 or recording.is_judged:
        chosen = sets[0]
    else:
        chosen = _fitting(recording, sets, claimed_s)
    return Clocks(chosen, recording.time_s - paused_until(recording.time_s, chosen), claimed_s)


def _fitting(recording: Recording, sets: Sequence[tuple[Pause, ...]], claimed_s: float) -> tuple[Pause, ...]:
    for pauses in sets:
        beyond_s = _sum(pauses) - (recording.span_s - claimed_s)
        if abs(beyond_s) <= max(_SLACK_S, _TOLERANCE * claimed_s):
            return _shortened(pauses, beyond_s, float(np.median(np.diff(recording.time_s))))
    return sets[0]


def _shortened(pauses: tuple[Pause, ...], beyond_s: float, step_s: float) -> tuple[Pause, ...]:
    """The usual step of the clock within a gap is no pause, if that is what the timer does not miss."""
    if not 0 < beyond_s <= (step_s + _ROUNDING_S) * len(pauses):
        return pauses
    share = beyond_s / len(pauses)
    return tuple(Pause(one.offset_s, max(0.0, one.duration_s - share)) for one in pauses)


def _claimed_timer(recording: Recording) -> float | None:
    told, laps = _session_timer(recording), recording.told_by_laps("timer_time_s")
    verdict = weighed({SESSION: told, LAPS: laps}, slack=_SLACK_S)
    return None if verdict is None else verdict.value


def _session_timer(recording: Recording) -> float | None:
    """No timer runs longer than the workout."""
    told, elapsed_s = recording.totals.timer_time_s or None, recording.totals.elapsed_time_s
    return None if told is not None and elapsed_s and told > elapsed_s + _SLACK_S else told


def _sets_of_pauses(recording: Recording) -> Iterator[tuple[Pause, ...]]:
    steps = np.diff(recording.time_s)
    long = steps > longest_s(steps)
    between = (
        (np.diff(recording.segment) != 0) & (steps > _SEGMENT_GAP_S)
        if recording.segment is not None
        else np.zeros(len(steps), dtype=bool)
    )
    ground_m = _ground(recording)
    last_m = np.median(ground_m) if len(steps) else 0.0  # of the step that the gap begins or ends with
    still = long & (ground_m - last_m < PAUSE_SPEED_MPS * steps) | between

    def gaps(where: np.ndarray) -> tuple[Pause, ...]:
        return tuple(Pause(float(recording.time_s[i]), float(steps[i])) for i in np.flatnonzero(where))

    if recording.pauses is not None:
        yield recording.pauses
        yield _joined(recording.pauses, gaps(still))
        yield _joined(recording.pauses, gaps(long | between))
    yield gaps(still)
    yield gaps(long | between)
    if recording.pauses is None:
        yield ()


def _ground(recording: Recording) -> Floats:
    """From point to point, by whoever knows: 0 where nobody does."""
    counted = np.maximum(np.diff(recording.distance_m), 0.0)
    hops = hops_m(recording.lat, recording.lon)
    return np.nan_to_num(np.where(np.isnan(counted), hops, counted))


def _joined(stops: tuple[Pause, ...], gaps: tuple[Pause, ...]) -> tuple[Pause, ...]:
    """The gaps that no stop explains, too."""
    free = [gap for gap in gaps if all(_apart(gap, stop) for stop in stops)]
    return tuple(sorted((*stops, *free), key=lambda pause: pause.offset_s))


def _apart(one: Pause, other: Pause) -> bool:
    return one.offset_s + one.duration_s <= other.offset_s or other.offset_s + other.duration_s <= one.offset_s


def _sum(pauses: Sequence[Pause]) -> float:
    return sum(pause.duration_s for pause in pauses)


def times(recording: Recording, clock: Clocks, moving_s: float) -> Times:
    """A timer between the time in motion and that without pauses is borne out: the device stopped it by itself."""
    recorded_s = float(clock.active_s[-1]) if len(recording) else 0.0
    timer = _timer(recording, clock, recorded_s, moving_s)
    elapsed = _elapsed(recording, timer)
    measured_by = {"timer_time_s": timer.witness, "elapsed_time_s": elapsed.witness}
    disputes = (timer.dispute("timer_time_s", 1), elapsed.dispute("elapsed_time_s", 1))
    return Times(
        max(elapsed.value, timer.value), timer.value, measured_by, tuple(one for one in disputes if one is not None)
    )


def _timer(recording: Recording, clock: Clocks, recorded_s: float, moving_s: float) -> Verdict:
    told, laps = _session_timer(recording), recording.told_by_laps("timer_time_s")
    elapsed_s = recording.totals.elapsed_time_s
    by_records = EVENTS if recording.pauses else RECORDS
    if told is not None and recording.is_judged:
        return Verdict(SESSION, told, {})
    if not recorded_s:
        return weighed({SESSION: told, LAPS: laps}, slack=_SLACK_S) or Verdict(by_records, recorded_s, {})
    figures = {
        SESSION: told,
        LAPS: laps,
        ELAPSED: elapsed_s - _sum(clock.pauses) if elapsed_s and elapsed_s >= _NEAR * moving_s else None,
        by_records: recorded_s,
    }
    if told is not None and _NEAR * moving_s <= told <= recorded_s and not _refuted(told, laps, recorded_s):
        return Verdict(SESSION, told, {})
    if told is not None and told < moving_s:
        figures = {by_records: recorded_s, **figures}
    return weighed(figures, slack=_SLACK_S) or Verdict(by_records, recorded_s, {})


def _refuted(told: float, laps: float | None, recorded_s: float) -> bool:
    return laps is not None and agree(laps, recorded_s, slack=_SLACK_S) and not agree(laps, told, slack=_SLACK_S)


def _elapsed(recording: Recording, timer: Verdict) -> Verdict:
    """Never below what the device or the athlete's stop says, unless all others are against it."""
    told = {
        SESSION: credible_elapsed_s(recording.totals.elapsed_time_s or None, timer.value),
        EVENTS: recording.stopped_s,
        LAPS: recording.told_by_laps("elapsed_time_s"),
        RECORDS: recording.span_s or None,
    }
    least, most = timer.value - _SLACK_S, MAX_DAYS * DAY_S
    known = {name: value for name, value in told.items() if value is not None and least <= value <= most}
    verdict, session = weighed(known, slack=_SLACK_S), known.get(SESSION)
    if verdict is None:
        return Verdict(timer.witness, timer.value, {})
    if session is not None and verdict.witness != SESSION and verdict.value < session <= _ABSURD * verdict.value:
        return Verdict(SESSION, session, {})
    if verdict.others:
        longest = max(known, key=lambda name: known[name])
        near = session is not None and session >= known[longest] / _RUNS_ON
        return Verdict(SESSION, session, {}) if near and session else Verdict(longest, known[longest], {})
    return verdict


def with_standing(clock: Clocks, time_s: Floats, moving: BoolArray, timer_s: float) -> Clocks:
    """A device that stops its timer by itself may record on: its pauses are the stops, if they add up to them.

    `moving`: from each point to the next."""
    missing_s = float(clock.active_s[-1]) - timer_s if len(time_s) else 0.0
    if missing_s <= max(_SLACK_S, (1 - _NEAR) * timer_s):
        return clock
    steps = np.where(moving, 0.0, np.diff(clock.active_s))
    stops = long_runs(steps > 0, time_s, at_least_s=_STANDING_S)
    stood = tuple(Pause(float(time_s[first]), float(time_s[last + 1] - time_s[first])) for first, last in stops)
    if not agree(_sum(stood), missing_s, tolerance=_STANDING_SHARE, slack=_SLACK_S):
        return clock
    pauses = _joined(clock.pauses, stood)
    return Clocks(pauses, time_s - paused_until(time_s, pauses), clock.claimed_s)
