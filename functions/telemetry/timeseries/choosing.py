"""Which adapter serves the time series."""

from functools import cache

from telemetry.timeseries.port import TelemetryStore


@cache
def time_series() -> TelemetryStore:
    from telemetry.timeseries.rollups import RollupStore

    return RollupStore()
