"""Databases, tables and tags: the calls of timestream-write that are not about records."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from timestream_local.catalogue import ACCOUNT, REGION, Catalogue, Database, Table
from timestream_local.clock import Clock, micros, seconds
from timestream_local.errors import ConflictError, ValidationError
from timestream_local.store import Store

Json = dict[str, Any]
T = TypeVar("T")
NAME = re.compile(r"[a-zA-Z0-9_.-]{3,256}")
DEFAULT_PAGE = 20


class Resources:
    def __init__(self, catalogue: Catalogue, store: Store, clock: Clock) -> None:
        self.catalogue = catalogue
        self.store = store
        self.clock = clock

    def create_database(self, request: Json) -> Json:
        name = _new_name(request, "DatabaseName")
        with self.catalogue.lock:
            if name in self.catalogue.databases:
                raise ConflictError(f"The database {name} already exists.")
            now = micros(self.clock())
            database = Database(name, now, now, request.get("KmsKeyId") or f"arn:aws:kms:{REGION}:{ACCOUNT}:key/local")
            self.catalogue.databases[name] = database
            self.catalogue.tag(database.arn, request.get("Tags") or [])
            self.catalogue.save()
        return {"Database": _database(database)}

    def describe_database(self, request: Json) -> Json:
        return {"Database": _database(self.catalogue.database(_text(request, "DatabaseName")))}

    def update_database(self, request: Json) -> Json:
        with self.catalogue.lock:
            database = self.catalogue.database(_text(request, "DatabaseName"))
            database.kms_key = _text(request, "KmsKeyId")
            database.updated_us = micros(self.clock())
            self.catalogue.save()
        return {"Database": _database(database)}

    def delete_database(self, request: Json) -> Json:
        with self.catalogue.lock:
            database = self.catalogue.database(_text(request, "DatabaseName"))
            if database.tables:
                raise ValidationError(f"The database {database.name} has tables: delete them first.")
            del self.catalogue.databases[database.name]
            self.catalogue.tags.pop(database.arn, None)
            self.catalogue.save()
        return {}

    def list_databases(self, request: Json) -> Json:
        names = sorted(self.catalogue.databases)
        return page(names, request, "Databases", lambda name: _database(self.catalogue.databases[name]))

    def create_table(self, request: Json) -> Json:
        name = _new_name(request, "TableName")
        with self.catalogue.lock:
            database = self.catalogue.database(_text(request, "DatabaseName"))
            if name in database.tables:
                raise ConflictError(f"The table {name} already exists.")
            now = micros(self.clock())
            table = Table(database.name, name, self.catalogue.new_number(), now, now)
            _apply(table, request)
            if schema := request.get("Schema"):
                table.partition_key = _partition_key(schema)
            self.store.create(table)
            database.tables[name] = table
            self.catalogue.tag(table.arn, request.get("Tags") or [])
            self.catalogue.save()
        return {"Table": _table(table)}

    def describe_table(self, request: Json) -> Json:
        return {"Table": _table(self._table(request))}

    def update_table(self, request: Json) -> Json:
        with self.catalogue.lock:
            table = self._table(request)
            if schema := request.get("Schema"):
                table.partition_key = _changed_enforcement(table, _partition_key(schema))
            _apply(table, request)
            table.updated_us = micros(self.clock())
            self.catalogue.save()
        return {"Table": _table(table)}

    def delete_table(self, request: Json) -> Json:
        with self.catalogue.lock:
            table = self._table(request)
            self.store.drop(table)
            del self.catalogue.databases[table.database].tables[table.name]
            self.catalogue.tags.pop(table.arn, None)
            self.catalogue.save()
        return {}

    def list_tables(self, request: Json) -> Json:
        asked = request.get("DatabaseName")
        tables = list(self.catalogue.database(asked).tables.values()) if asked else self.catalogue.tables()
        by_name = {f"{table.database}/{table.name}": table for table in tables}
        return page(sorted(by_name), request, "Tables", lambda name: _table(by_name[name]))

    def tag_resource(self, request: Json) -> Json:
        with self.catalogue.lock:
            self.catalogue.tag(_text(request, "ResourceARN"), request.get("Tags") or [])
            self.catalogue.save()
        return {}

    def untag_resource(self, request: Json) -> Json:
        with self.catalogue.lock:
            tags = self.catalogue.tags_of(_text(request, "ResourceARN"))
            for key in request.get("TagKeys") or []:
                tags.pop(key, None)
            self.catalogue.save()
        return {}

    def list_tags_for_resource(self, request: Json) -> Json:
        tags = self.catalogue.tags_of(_text(request, "ResourceARN"))
        return page(sorted(tags), request, "Tags", lambda key: {"Key": key, "Value": tags[key]}, default=200)

    def _table(self, request: Json) -> Table:
        return self.catalogue.table(_text(request, "DatabaseName"), _text(request, "TableName"))


def page(
    names: Iterable[str], request: Json, key: str, shown: Callable[[str], Json], default: int = DEFAULT_PAGE
) -> Json:
    """Sorted names from the one in NextToken on: a page stays right while others add and delete."""
    start, size = request.get("NextToken") or "", request.get("MaxResults") or default
    rest = [name for name in names if name >= start]
    answer: Json = {key: [shown(name) for name in rest[:size]]}
    if len(rest) > size:
        answer["NextToken"] = rest[size]
    return answer


def _apply(table: Table, request: Json) -> None:
    if retention := request.get("RetentionProperties"):
        table.memory_hours = _within(retention, "MemoryStoreRetentionPeriodInHours", 8_766)
        table.magnetic_days = _within(retention, "MagneticStoreRetentionPeriodInDays", 73_000)
    if magnetic := request.get("MagneticStoreWriteProperties"):
        table.magnetic_writes = magnetic


def _within(retention: Json, key: str, most: int) -> int:
    value = retention.get(key)
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValidationError(f"{key} must be between 1 and {most}.")
    return value


def _partition_key(schema: Json) -> list[dict[str, str]]:
    keys: list[dict[str, str]] = schema.get("CompositePartitionKey") or [{"Type": "MEASURE"}]
    if len(keys) != 1 or keys[0].get("Type") not in {"DIMENSION", "MEASURE"}:
        raise ValidationError("CompositePartitionKey must have exactly one key, of type DIMENSION or MEASURE.")
    if keys[0]["Type"] == "MEASURE":
        return [{"Type": "MEASURE"}]
    if not keys[0].get("Name"):
        raise ValidationError("A partition key of type DIMENSION needs a Name.")
    return [{"EnforcementInRecord": "OPTIONAL", **keys[0]}]


def _changed_enforcement(table: Table, keys: list[dict[str, str]]) -> list[dict[str, str]]:
    if [(key["Type"], key.get("Name")) for key in keys] != [(k["Type"], k.get("Name")) for k in table.partition_key]:
        raise ValidationError("The composite partition key of a table cannot be changed, only its enforcement.")
    return keys


def _new_name(request: Json, key: str) -> str:
    name = _text(request, key)
    if not NAME.fullmatch(name):
        raise ValidationError(f"{key} must have 3 to 256 of the characters a-z A-Z 0-9 _ . -")
    return name


def _text(request: Json, key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str) or not value:
        raise ValidationError(f"{key} is required.")
    return value


def _database(database: Database) -> Json:
    return {
        "Arn": database.arn,
        "DatabaseName": database.name,
        "TableCount": len(database.tables),
        "KmsKeyId": database.kms_key,
        "CreationTime": seconds(database.created_us),
        "LastUpdatedTime": seconds(database.updated_us),
    }


def _table(table: Table) -> Json:
    return {
        "Arn": table.arn,
        "DatabaseName": table.database,
        "TableName": table.name,
        "TableStatus": "ACTIVE",
        "RetentionProperties": {
            "MemoryStoreRetentionPeriodInHours": table.memory_hours,
            "MagneticStoreRetentionPeriodInDays": table.magnetic_days,
        },
        "MagneticStoreWriteProperties": table.magnetic_writes,
        "Schema": {"CompositePartitionKey": table.partition_key},
        "CreationTime": seconds(table.created_us),
        "LastUpdatedTime": seconds(table.updated_us),
    }
