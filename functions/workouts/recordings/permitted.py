"""A recording without what its athlete does not agree to: taken out before anything is measured."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from stadion.consents import health_among
from workouts.recordings.recording import CHANNELS, DeviceTotals, Recording, is_told


def permitted(recording: Recording, *, agrees: bool) -> tuple[Recording, list[str]]:
    """And the names of what was left out: channels, and totals of the device that rest on them."""
    if agrees:
        return recording, []
    channels = [name for name in health_among(CHANNELS) if is_told(getattr(recording, name))]
    named = health_among(field.name for field in fields(DeviceTotals))
    totals = [name for name in named if getattr(recording.totals, name) is not None]
    if not channels and not totals:
        return recording, []
    without: dict[str, Any] = {name: np.full(len(recording), np.nan) for name in channels}
    left = replace(recording.totals, **dict.fromkeys(totals))
    return replace(recording, totals=left, **without), [*channels, *totals]
