"""Databases, tables, their columns, scheduled queries and tags: one JSON file, replaced atomically."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

from timestream_local.errors import ResourceNotFoundError, ValidationError

REGION, ACCOUNT = "us-east-1", "000000000000"
ARN = f"arn:aws:timestream:{REGION}:{ACCOUNT}"
MAX_TAGS = 200

Tags = dict[str, str]


@dataclass
class Column:
    """`physical` is the name in DuckDB: no text of a caller is ever an identifier there."""

    name: str
    type: str
    dimension: bool
    physical: str


@dataclass
class Table:
    database: str
    name: str
    number: int
    created_us: int
    updated_us: int
    memory_hours: int = 6
    magnetic_days: int = 73_000
    magnetic_writes: dict[str, Any] = field(default_factory=lambda: {"EnableMagneticStoreWrites": False})
    partition_key: list[dict[str, str]] = field(default_factory=lambda: [{"Type": "MEASURE"}])
    columns: dict[str, Column] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"{ARN}:database/{self.database}/table/{self.name}"

    @property
    def physical(self) -> str:
        return f"t{self.number}"

    @property
    def takes_late_records(self) -> bool:
        return bool(self.magnetic_writes.get("EnableMagneticStoreWrites"))

    @property
    def required_dimension(self) -> str | None:
        key = self.partition_key[0]
        required = key["Type"] == "DIMENSION" and key.get("EnforcementInRecord") == "REQUIRED"
        return key["Name"] if required else None

    def column(self, name: str) -> Column | None:
        return self.columns.get(name.lower())

    def add_column(self, name: str, *, type_: str, dimension: bool) -> Column:
        column = Column(name, type_, dimension, f"c{len(self.columns)}")
        self.columns[name.lower()] = column
        return column


@dataclass
class Database:
    name: str
    created_us: int
    updated_us: int
    kms_key: str
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"{ARN}:database/{self.name}"


class Catalogue:
    """Callers hold `lock` while they change something, and call `save` before they let go of it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lock = RLock()
        self.databases: dict[str, Database] = {}
        self.tags: dict[str, Tags] = {}
        self.scheduled: dict[str, dict[str, Any]] = {}
        self.next_number = 1
        if file.exists():
            self._load(json.loads(file.read_text(encoding="utf-8")))

    def database(self, name: str) -> Database:
        found = self.databases.get(name)
        if found is None:
            raise ResourceNotFoundError(f"The database {name} does not exist.")
        return found

    def table(self, database: str, name: str) -> Table:
        found = self.database(database).tables.get(name)
        if found is None:
            raise ResourceNotFoundError(f"The table {name} does not exist.")
        return found

    def tables(self) -> list[Table]:
        return [table for database in self.databases.values() for table in database.tables.values()]

    def new_number(self) -> int:
        number, self.next_number = self.next_number, self.next_number + 1
        return number

    def tags_of(self, arn: str) -> Tags:
        known = {one.arn for one in self.databases.values()} | {one.arn for one in self.tables()}
        if arn not in known and arn not in self.scheduled:
            raise ResourceNotFoundError(f"The resource {arn} does not exist.")
        return self.tags.setdefault(arn, {})

    def tag(self, arn: str, tags: list[dict[str, str]]) -> None:
        current = self.tags_of(arn)
        merged = current | {one["Key"]: one["Value"] for one in tags}
        if len(merged) > MAX_TAGS:
            raise ValidationError(f"A resource can have at most {MAX_TAGS} tags.")
        current.update(merged)

    def save(self) -> None:
        state = {
            "databases": [asdict(one) for one in self.databases.values()],
            "tags": self.tags,
            "scheduled": self.scheduled,
            "next_number": self.next_number,
        }
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(state), encoding="utf-8")
        fresh.replace(self.file)

    def _load(self, state: dict[str, Any]) -> None:
        self.tags, self.scheduled = state["tags"], state["scheduled"]
        self.next_number = state["next_number"]
        self.databases = {one["name"]: _database(one) for one in state["databases"]}


def _database(state: dict[str, Any]) -> Database:
    return Database(**{**state, "tables": {name: _table(one) for name, one in state["tables"].items()}})


def _table(state: dict[str, Any]) -> Table:
    return Table(**{**state, "columns": {name: Column(**one) for name, one in state["columns"].items()}})
