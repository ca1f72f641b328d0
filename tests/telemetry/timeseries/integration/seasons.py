"""A season that every `TelemetryStore` is asked about, against a truth that is counted one by one."""

from datetime import datetime

import numpy as np

from telemetry.timeseries.port import Point, SeriesFill, SeriesSource, TelemetryStore
from tests.kit.size import examples
from tests.telemetry.timeseries.integration.world import OTHER, World, columns, moment, sent, workout

FEW = examples(small=6, large=60)
ALL = ("heart_rate_bpm", "power_w", "speed_mps", "cadence_rpm", "altitude_m", "temperature_c")


def a_season(world: World) -> None:
    """Several weeks, two months, gaps, smart recording, two workouts on a day, one without a recording."""
    world.put(
        workout(0, on=0, n=120, columns=columns(range(120), gaps=7, seed=1, names=ALL)),
        workout(1, on=0, started_at=moment(0, 18), columns=columns(np.cumsum([1, 3, 9, 30, 2] * 20), seed=2)),
        workout(2, on=6, columns=columns(np.arange(100) / 4, seed=3, names=ALL)),
        workout(3, on=13, columns={}, load=None, mean_max={}),
        workout(4, on=33, columns=columns(range(50), seed=4), load=None, mean_max={"power": {5: 900.0, 1200: 200.0}}),
        workout(5, on=45, columns=columns(range(50), seed=5)),
    )
    world.send(
        sent(on=0, values=range(60, 90)),
        sent(on=0, device="strap", values=[70, 71], hour=9),
        sent(on=40, values=[50.0]),
        sent("speed", on=3, values=[3.25, 3.3, 0.7, 2.3]),
        *(sent("resting_heart_rate", on=on, hour=0, values=[48.0 + on % 5]) for on in range(0, 60, 3)),
    )


def asked(store: TelemetryStore, since: datetime, until: datetime, *, step_s: int) -> list[Point]:
    return store.series(OTHER, "power", SeriesSource.DEVICES, since, until, step_s=step_s, fill=SeriesFill.NONE)
