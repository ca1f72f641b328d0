"""How far the athlete had come at each point: the distance channel, the positions, the speeds and the device's totals
are weighed against one another, and what one of them did not see the others fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stadion.sports import Sport
from stadion.streams.codec import Floats
from stadion.streams.recorded import BoolArray
from workouts.recordings.geo import distances_m, hops_m
from workouts.recordings.measures.doubts import Doubts, Indices, long_runs, runs
from workouts.recordings.measures.witnesses import Dispute, Verdict, agree, weighed
from workouts.recordings.recording import Recording

SESSION, LAPS, DISTANCE, POSITIONS, SPEED, COMBINED = "session", "laps", "distance", "positions", "speed", "combined"

_SLACK_M = 15.0
_PAUSE_HOP_M = 50.0
_OWN_DISTANCE_FROM_M = 50.0
_STUCK_S = 10.0
_MOVES_MPS = 0.8
_AWAY_M, _AWAY_SHARE = 100.0, 0.25
_SILENT_S = 30.0
_SILENT_STEPS = 10.0
_MIN_SHARE = 0.1
_COMBINED_SHARE = 0.05
_BACKWARDS_SHARE = 0.05
_UNITS_M = (1_000.0, 1_609.344)
_CALIBRATED = 2.0
_TOP_FACTOR = 1.2
_LONGER = 1.02


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """`covered_m` at each point, never falling, or None; the whole of it in metres."""

    covered_m: Floats | None
    distance_m: float | None
    measured_by: str | None = None
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """One witness's steps from point to point in metres, NaN where it says nothing."""

    steps_m: Floats
    share: float
    """Of the active time that it saw itself."""
    seen: float
    """Of the active time that it or another saw."""

    @property
    def whole_m(self) -> float:
        """What nobody saw went on alike."""
        return float(np.nansum(self.steps_m)) / self.seen


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What one witness says: its steps from point to point, NaN where it is silent, and the least way across that."""

    steps_m: Floats
    across_m: Floats


def way(recording: Recording, doubts: Doubts, active_s: Floats, sport: Sport, *, timer_s: float | None) -> Way:
    """`recording` without what is doubted, `timer_s` as the device says it: a sensor may fall silent before the end."""
    claims = _claims(recording, sport, timer_s)
    if len(recording) < 2:
        return _of_claims(claims)
    passed_s = np.diff(active_s)
    tracks = _completed(_witnesses(recording, doubts, passed_s, sport), passed_s)
    whole = _beyond_the_records(tracks, claims, float(active_s[-1]), timer_s or 0.0)
    figures: dict[str, float | None] = {**claims, **{name: track.whole_m * whole for name, track in tracks.items()}}
    if recording.is_judged and DISTANCE in tracks:
        figures.pop(POSITIONS, None)  # which its counter was made of: one witness
    verdict = _calibrated(recording, figures) or weighed(figures, slack=_SLACK_M)
    if verdict is None or verdict.value <= 0:
        return Way(None, None)
    chosen = verdict.witness if verdict.witness in tracks else _nearest(tracks, verdict.value / whole)
    if chosen is None:
        return _of_claims(claims)
    steps_m = _scaled(tracks[chosen].steps_m, verdict.value / whole, passed_s, verdict.witness in tracks)
    covered_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    if chosen == DISTANCE and verdict.witness == DISTANCE:
        covered_m += _before_the_first(recording.distance_m)
    seen_by = verdict.witness if verdict.witness in claims or tracks[chosen].share > 1 - _COMBINED_SHARE else COMBINED
    distance_m = verdict.value if verdict.witness in claims else float(covered_m[-1]) * whole
    return Way(covered_m, distance_m, seen_by, verdict.dispute("distance_m", 1))


def _beyond_the_records(
    tracks: Mapping[str, _Track], claims: Mapping[str, float], recorded_s: float, timer_s: float
) -> float:
    """How many times what was recorded the whole was: 1 where the records come as far as the device says."""
    if recorded_s <= 0 or timer_s <= _LONGER * recorded_s + _SLACK_M:
        return 1.0
    arrived = any(agree(track.whole_m, claim, slack=_SLACK_M) for track in tracks.values() for claim in claims.values())
    return 1.0 if arrived else timer_s / recorded_s


def _claims(recording: Recording, sport: Sport, timer_s: float | None) -> dict[str, float]:
    """What the device says of the whole, unless nobody can be that fast."""
    lasted_s = max(timer_s or 0.0, recording.span_s)
    told = {SESSION: recording.totals.distance_m or None, LAPS: recording.told_by_laps("distance_m")}
    top_m = _TOP_FACTOR * sport.top_speed_mps * lasted_s
    return {name: claim for name, claim in told.items() if claim is not None and (not lasted_s or claim <= top_m)}


def _of_claims(claims: Mapping[str, float]) -> Way:
    verdict = weighed(claims, slack=_SLACK_M)
    return Way(None, None) if verdict is None else Way(None, verdict.value, verdict.witness)


def _calibrated(recording: Recording, figures: Mapping[str, float | None]) -> Verdict | None:
    """On a treadmill the athlete says afterwards how far it was; the sensor's own figures then all miss it alike."""
    session, sensed = figures.get(SESSION), figures.get(DISTANCE) or figures.get(SPEED)
    if session is None or sensed is None or POSITIONS in figures:
        return None
    if not 1 / _CALIBRATED <= session / sensed <= _CALIBRATED or agree(session, sensed, tolerance=0.08, slack=_SLACK_M):
        return None
    return Verdict(SESSION, session, {} if recording.indoor else {DISTANCE: sensed})


# --- what each of them saw --------------------------------------------------------------------------------------------


def _witnesses(recording: Recording, doubts: Doubts, passed_s: Floats, sport: Sport) -> dict[str, _Seen]:
    seen = {
        DISTANCE: _by_distance(recording, doubts, sport),
        POSITIONS: _by_positions(recording, doubts, passed_s, sport),
        SPEED: _by_speed(recording, passed_s),
    }
    known = {name: one for name, one in seen.items() if one is not None}
    if DISTANCE in known and POSITIONS in known:
        unit_m = _unit(known[DISTANCE].steps_m, known[POSITIONS].steps_m)
        known[DISTANCE] = _Seen(unit_m * known[DISTANCE].steps_m, unit_m * known[DISTANCE].across_m)
    steps = {name: one.steps_m for name, one in known.items()}
    return {name: _Seen(_without_stuck(name, steps, recording, passed_s), known[name].across_m) for name in known}


def _by_distance(recording: Recording, doubts: Doubts, sport: Sport) -> _Seen | None:
    known = np.flatnonzero(~np.isnan(recording.distance_m))
    if len(known) < 2:
        return None
    steps = np.diff(recording.distance_m[known])
    if (steps < 0).mean() > _BACKWARDS_SHARE or not steps.any():
        return None
    broken = np.isin(known[:-1], doubts.breaks["distance_m"]) & ~_possible(steps, recording.time_s[known], sport)
    return _spread(recording.time_s, known, np.where(broken, np.nan, np.maximum(steps, 0.0)))


def _by_positions(recording: Recording, doubts: Doubts, passed_s: Floats, sport: Sport) -> _Seen | None:
    known = np.flatnonzero(~np.isnan(recording.lat))
    if len(known) < 2:
        return None
    hops = hops_m(recording.lat[known], recording.lon[known])
    if not hops.any():
        return None
    rested = np.concatenate(([0.0], np.cumsum(passed_s)))
    paused = np.diff(rested[known]) < 0.5 * np.diff(recording.time_s[known])
    broken = np.isin(known[:-1], doubts.breaks["position"]) & ~_possible(hops, recording.time_s[known], sport)
    hops[paused & ((hops > _PAUSE_HOP_M) | broken)] = 0.0
    hops[broken & ~paused] = np.nan
    return _spread(recording.time_s, known, hops)


def _possible(steps_m: Floats, time_s: Floats, sport: Sport) -> BoolArray:
    """A step that is long for the place, and none for the sport, is a start or a coarse grid."""
    return (steps_m >= 0) & (steps_m <= _SLACK_M + sport.top_speed_mps * np.diff(time_s))


def _by_speed(recording: Recording, passed_s: Floats) -> _Seen | None:
    known = np.flatnonzero(~np.isnan(recording.speed_mps))
    if len(known) < 2 or not recording.speed_mps[known].any():
        return None
    speed = recording.speed_mps[known]
    rested = np.concatenate(([0.0], np.cumsum(passed_s)))
    seen = _spread(recording.time_s, known, 0.5 * (speed[1:] + speed[:-1]) * np.diff(rested[known]))
    return _Seen(seen.steps_m, np.full(len(seen.steps_m), np.nan))


def _spread(time_s: Floats, known: Indices, steps_m: Floats) -> _Seen:
    """Steps between known points as steps between all points; what lies across a silence is for others to say first."""
    lasted = np.diff(time_s[known])
    silent = (lasted > max(_SILENT_S, _SILENT_STEPS * float(np.median(lasted)))) & (np.diff(known) > 1)
    speeds = steps_m / lasted
    told, across = np.full((2, len(time_s) - 1), np.nan)
    told[known[0] : known[-1]] = np.repeat(np.where(silent, np.nan, speeds), np.diff(known))
    across[known[0] : known[-1]] = np.repeat(np.where(silent, speeds, np.nan), np.diff(known))
    passed_s = np.diff(time_s)
    return _Seen(told * passed_s, across * passed_s)


def _unit(steps_m: Floats, by_positions_m: Floats) -> float:
    """Of a counter of kilometres or miles, in metres."""
    both = ~np.isnan(steps_m) & ~np.isnan(by_positions_m)
    counted, covered = float(steps_m[both].sum()), float(by_positions_m[both].sum())
    return next((unit for unit in _UNITS_M if agree(unit * counted, covered, tolerance=0.1, slack=0.0)), 1.0)


def _before_the_first(distance_m: Floats) -> float:
    first = distance_m[np.flatnonzero(~np.isnan(distance_m))[0]]
    return float(first) if first <= _OWN_DISTANCE_FROM_M else 0.0


def _without_stuck(name: str, known: Mapping[str, Floats], recording: Recording, passed_s: Floats) -> Floats:
    others = [other for key, other in known.items() if key != name]
    if not others:
        return known[name]
    still = stuck(known[name], others, passed_s)
    for first, last in runs(still) if POSITIONS in known and name != POSITIONS else ():
        still[first : last + 1] = _gets_away(recording, first, last + 1, known[POSITIONS][first : last + 1])
    return np.where(still, np.nan, known[name])


def _gets_away(recording: Recording, first: int, last: int, hops: Floats) -> bool:
    """Positions that wander about one place, as inside a house, do not refute a counter that stands still."""
    part = slice(first, last + 1)
    away_m = distances_m(recording.lat[part], recording.lon[part], recording.lat[first], recording.lon[first])
    return bool((away_m > min(_AWAY_M, _AWAY_SHARE * float(np.nansum(hops)))).any())


def stuck(steps: Floats, others_m: Sequence[Floats], passed_s: Floats) -> BoolArray:
    """Where it stands still for a while and all others move. Its unit is free, theirs are metres."""
    found = np.zeros(len(steps), dtype=bool)
    clock_s = np.concatenate(([0.0], np.cumsum(passed_s)))
    for first, last in long_runs(steps == 0, clock_s, at_least_s=_STUCK_S):
        part = slice(first, last + 1)
        lasted = float(clock_s[last + 1] - clock_s[first])
        found[part] = min(float(np.nansum(other[part])) for other in others_m) >= _MOVES_MPS * lasted
    return found


# --- one way out of all of them ---------------------------------------------------------------------------------------


def _completed(seen: Mapping[str, _Seen], passed_s: Floats) -> dict[str, _Track]:
    """What a witness did not see, the next one says, in the first one's measure. Who saw next to nothing is nobody."""
    total_s = float(passed_s.sum())
    tracks = {}
    for name, one in seen.items():
        steps_m = one.steps_m
        share = float(passed_s[~np.isnan(steps_m)].sum()) / total_s if total_s > 0 else 0.0
        if share < _MIN_SHARE:
            continue
        whole = steps_m
        for other in (other.steps_m for key, other in seen.items() if key != name):
            missing = np.isnan(whole) & ~np.isnan(other)
            if missing.any():
                whole = np.where(missing, other * _measure(steps_m, other), whole)
        whole = np.where(np.isnan(whole), one.across_m, whole)
        tracks[name] = _Track(whole, share, float(passed_s[~np.isnan(whole)].sum()) / total_s)
    return tracks


def _measure(own_m: Floats, other_m: Floats) -> float:
    both = ~np.isnan(own_m) & ~np.isnan(other_m)
    covered = float(other_m[both].sum())
    ratio = float(own_m[both].sum()) / covered if covered > 0 else 1.0
    return ratio if 1 / 1.25 <= ratio <= 1.25 else 1.0


def _nearest(tracks: Mapping[str, _Track], distance_m: float) -> str | None:
    return min(tracks, key=lambda name: abs(tracks[name].whole_m - distance_m), default=None)


def _scaled(steps_m: Floats, distance_m: float, passed_s: Floats, is_own: bool) -> Floats:
    """What nobody saw is the rest of the believed distance, spread over the time; else all is scaled to it."""
    unseen: BoolArray = np.isnan(steps_m)
    seen_m, unseen_s = float(np.nansum(steps_m)), float(passed_s[unseen].sum())
    if is_own:
        return np.nan_to_num(steps_m)
    if unseen_s > 0 and distance_m > seen_m:
        return np.where(unseen, (distance_m - seen_m) * passed_s / unseen_s, steps_m)
    return np.asarray(np.nan_to_num(steps_m) * (distance_m / seen_m if seen_m > 0 else 0.0))
