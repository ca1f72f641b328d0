"""The time-series database: one description for the CDK stack, for `stadion up`, which makes it by API, and for tests.

Imports nothing of the CDK: the local deployment reads it on each start.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_timestream_write import TimestreamWriteClient

MEMORY_HOURS: Final = 24
"""What is recorded today; later arrivals go to the magnetic store, at a thousandth of the price."""
MAGNETIC_DAYS: Final = 73_000
"""The most: what is outside is refused, and nobody's first workout should be."""
PARTITION_KEY: Final = "user_id"


@dataclass(frozen=True)
class SeriesTable:
    name: str
    memory_hours: int = MEMORY_HOURS


TABLES: Final = (SeriesTable("workouts"), SeriesTable("workout_samples"), SeriesTable("device_samples"))


def database_name(stage: str) -> str:
    return f"stadion-{stage}"


def make_tables(client: "TimestreamWriteClient", database: str) -> None:
    """By API, where there is no CloudFormation; what is there already stays."""
    _unless_there(lambda: client.create_database(DatabaseName=database), client)
    for table in TABLES:
        request = {"DatabaseName": database, "TableName": table.name, **properties(table)}
        _unless_there(partial(client.create_table, **request), client)


def properties(table: SeriesTable) -> dict[str, Any]:
    """As the API wants them."""
    return {
        "RetentionProperties": {
            "MemoryStoreRetentionPeriodInHours": table.memory_hours,
            "MagneticStoreRetentionPeriodInDays": MAGNETIC_DAYS,
        },
        "MagneticStoreWriteProperties": {"EnableMagneticStoreWrites": True},
        "Schema": {
            "CompositePartitionKey": [
                {"Type": "DIMENSION", "Name": PARTITION_KEY, "EnforcementInRecord": "REQUIRED"},
            ]
        },
    }


def _unless_there(make: Any, client: "TimestreamWriteClient") -> None:
    with suppress(client.exceptions.ConflictException):
        make()
