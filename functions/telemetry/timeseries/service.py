"""Which of the two adapters serves: Timestream where a database is named, DynamoDB rollups everywhere else."""

from functools import cache

from stadion.settings import load
from telemetry.timeseries.port import TelemetryStore
from telemetry.timeseries.settings import TimeSeriesSettings


def time_series() -> TelemetryStore:
    return _store(load(TimeSeriesSettings).timestream_database)


@cache
def _store(database: str) -> TelemetryStore:
    from telemetry.timeseries.rollups.adapter import RollupStore

    if not database:
        return RollupStore()
    from telemetry.timeseries.timestream.adapter import TimestreamStore

    return TimestreamStore(database)
