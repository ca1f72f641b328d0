"""One recording out of two of the same workout: the richer one, with what only the other one has."""

from dataclasses import fields, replace
from typing import Any, cast

import numpy as np

from stadion.sports import SportType
from workouts.recordings.recording import CHANNELS, MAX_DEVICES, DeviceTotals, Floats, Pause, Recording, Swim, is_told

_REACH_S = 15.0
_TURN = 360.0
_TOGETHER = {"lat": ("lat", "lon")}


def richer(one: Recording, other: Recording) -> Recording:
    """The one with more readings; `one` if they are equal."""
    return other if _readings(other) > _readings(one) else one


def merged(one: Recording, other: Recording) -> Recording:
    """Keeps the richer one's points and fills the channels that the other one recorded better. Its order is free."""
    base = richer(one, other)
    spare = one if base is other else other
    own_sport = base.sport_type is not SportType.WORKOUT
    shares_clock = base.started_at == spare.started_at
    filled = cast(dict[str, Any], _channels(base, spare))
    return replace(
        base,
        sport_type=base.sport_type if own_sport else spare.sport_type,
        sport_is_told=base.sport_is_told or spare.sport_is_told,
        pauses=_pauses(base, spare if shares_clock else None),
        laps=base.laps or (spare.laps if shares_clock else ()),
        totals=_totals(base.totals, spare.totals),
        barometric=_origin(base, spare, "altitude_m").barometric,
        counts_steps=_origin(base, spare, "cadence_rpm").counts_steps,
        external_id=base.external_id or spare.external_id,
        device=base.device or spare.device,
        devices=tuple(dict.fromkeys((*base.devices, *spare.devices)))[:MAX_DEVICES],
        indoor=base.indoor or (spare.indoor and not is_told(base.lat)),
        swim=_swim(base, spare),
        feel=spare.feel if base.feel is None else base.feel,
        rpe=spare.rpe if base.rpe is None else base.rpe,
        **filled,
    )


def _pauses(base: Recording, spare: Recording | None) -> tuple[Pause, ...] | None:
    """None where nobody tells: then the gaps do."""
    others = None if spare is None else spare.pauses
    return base.pauses or (base.pauses if others is None else others)


def _swim(base: Recording, spare: Recording) -> Swim | None:
    """Of whoever counted lengths, on the clock of the base."""
    if spare.swim is None or (base.swim is not None and (base.swim.lengths or not spare.swim.lengths)):
        return base.swim
    shift_s = _shift_s(base, spare)
    lengths = tuple(replace(one, offset_s=max(0.0, one.offset_s + shift_s)) for one in spare.swim.lengths)
    return replace(spare.swim, lengths=lengths)


def _shift_s(base: Recording, spare: Recording) -> float:
    return (spare.started_at - base.started_at).total_seconds()


def _readings(recording: Recording) -> int:
    return sum(int((~np.isnan(values)).sum()) for name, values in recording.channels().items() if name != "moving")


def _coverage(recording: Recording, channel: str) -> float:
    values: Floats = getattr(recording, channel)
    return float((~np.isnan(values)).mean()) if len(values) else 0.0


def _origin(base: Recording, spare: Recording, channel: str) -> Recording:
    return spare if _coverage(spare, channel) > 2 * _coverage(base, channel) else base


def _channels(base: Recording, spare: Recording) -> dict[str, Floats]:
    taken = [name for name in CHANNELS if name not in ("lon", "moving") and _origin(base, spare, name) is spare]
    together = [channel for name in taken for channel in _TOGETHER.get(name, (name,))]
    return {name: _on_the_clock_of(base, spare, getattr(spare, name), is_angle=name == "lon") for name in together}


def _on_the_clock_of(base: Recording, spare: Recording, values: Floats, *, is_angle: bool) -> Floats:
    """The spare's values at the base's times; missing where the spare has no reading within a quarter of a minute."""
    shift_s = _shift_s(base, spare)
    known = ~np.isnan(values)
    times = spare.time_s[known] + shift_s
    nearest = np.clip(np.searchsorted(times, base.time_s), 1, max(len(times) - 1, 1))
    gap = np.minimum(
        np.abs(base.time_s - times[nearest - 1]), np.abs(times[np.minimum(nearest, len(times) - 1)] - base.time_s)
    )
    between = np.interp(base.time_s, times, np.unwrap(values[known], period=_TURN) if is_angle else values[known])
    return np.where(gap <= _REACH_S, _on_the_map(between) if is_angle else between, np.nan)


def _on_the_map(lon: Floats) -> Floats:
    """Across the 180th meridian a longitude goes on; on the map it begins anew."""
    return (lon + _TURN / 2) % _TURN - _TURN / 2


def _totals(own: DeviceTotals, others: DeviceTotals) -> DeviceTotals:
    def either(name: str) -> Any:
        value = getattr(own, name)
        return getattr(others, name) if value is None else value

    return DeviceTotals(**{entry.name: either(entry.name) for entry in fields(DeviceTotals)})
