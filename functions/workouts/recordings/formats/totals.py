"""What a device says of the whole workout, judged together: what contradicts another, or a body, is not believed."""

from dataclasses import replace

from workouts.recordings.recording import DeviceTotals

_MOST = {
    "elapsed_time_s": 31 * 86_400.0,
    "timer_time_s": 31 * 86_400.0,
    "distance_m": 1e7,
    "ascent_m": 100_000.0,
    "descent_m": 100_000.0,
    "calories_kcal": 100_000.0,
    "average_heart_rate_bpm": 250.0,
    "max_heart_rate_bpm": 250.0,
    "average_speed_mps": 100.0,
    "max_speed_mps": 100.0,
    "average_cadence_rpm": 300.0,
    "average_power_w": 2_500.0,
    "max_power_w": 10_000.0,
    "normalized_power_w": 2_500.0,
}
_LEAST_HEART_RATE_BPM = 20.0
_MOST_CLIMBED_MPS = 10.0
"""In a lift; down, on skis, it is less."""
_MOST_KCAL_PER_S = 35 / 60
"""The strongest burn 30 kcal/min."""
_PAIRS = (
    ("average_heart_rate_bpm", "max_heart_rate_bpm"),
    ("average_speed_mps", "max_speed_mps"),
    ("average_power_w", "max_power_w"),
    ("normalized_power_w", "max_power_w"),
)
_ROUNDING = 1.01


def believable(totals: DeviceTotals) -> DeviceTotals:
    """`totals` without what cannot be; of an average above its maximum nobody knows which is wrong."""
    absurd = {name for name, most in _MOST.items() if not 0 <= (getattr(totals, name) or 0.0) <= most}
    for name in ("average_heart_rate_bpm", "max_heart_rate_bpm"):
        if (getattr(totals, name) or _LEAST_HEART_RATE_BPM) < _LEAST_HEART_RATE_BPM:
            absurd.add(name)
    totals = replace(totals, **dict.fromkeys(absurd))
    return replace(totals, **dict.fromkeys(_contradicted(totals)))


def _contradicted(totals: DeviceTotals) -> set[str]:
    found = set()
    for average, maximum in _PAIRS:
        if (getattr(totals, average) or 0.0) > _ROUNDING * (getattr(totals, maximum) or float("inf")):
            found |= {average, maximum}
    elapsed_s, timer_s = totals.elapsed_time_s, totals.timer_time_s
    if elapsed_s is not None and timer_s is not None and timer_s > _ROUNDING * elapsed_s + 1:
        found.add("elapsed_time_s")
    span_s = max(elapsed_s or 0.0, timer_s or 0.0)
    if span_s:
        limits = {
            "distance_m": 100.0 * span_s,
            "ascent_m": _MOST_CLIMBED_MPS * span_s + 10,
            "descent_m": _MOST_CLIMBED_MPS * span_s + 10,
            "calories_kcal": _MOST_KCAL_PER_S * span_s + 10,
        }
        found |= {name for name, most in limits.items() if (getattr(totals, name) or 0.0) > most}
    if totals.max_speed_mps and timer_s and (totals.distance_m or 0.0) > _ROUNDING * totals.max_speed_mps * span_s:
        found.add("max_speed_mps")
    return found
