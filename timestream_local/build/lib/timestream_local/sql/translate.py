"""Timestream's SQL to DuckDB's: what is not on the allow-list is refused by name, the rest is rewritten."""

from dataclasses import dataclass

from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from timestream_local.catalogue import Catalogue, Table
from timestream_local.errors import ResourceNotFoundError, ValidationError
from timestream_local.sql import build
from timestream_local.sql.build import Node, call
from timestream_local.sql.dialect import parse
from timestream_local.sql.functions import Context, translated
from timestream_local.sql.names import Names

NODES = """
Select From Where Group Having Order Ordered Limit Offset With CTE TableAlias Subquery Union Except Intersect
Join Unnest Table Identifier Column Star Alias Literal Null Boolean Paren Neg Not And Or EQ NEQ GT GTE LT LTE
Between In Like Escape Is NullSafeEQ NullSafeNEQ Add Sub Mul Div Mod DPipe Case If Cast TryCast DataType
DataTypeParam Interval Var Extract Distinct Filter Window WindowSpec IgnoreNulls Anonymous CurrentTimestamp
CurrentDate Exists Tuple Array Bracket Lambda Dot Values StrPosition ColumnDef
"""
ALLOWED_NODES = frozenset(NODES.split())
SELECT_PARTS = {
    "with_",
    "expressions",
    "distinct",
    "from_",
    "joins",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
}
ALLOWED_PARTS = {
    "Select": SELECT_PARTS,
    "Table": {"this", "db", "alias"},
    "Join": {"this", "side", "kind", "on", "using"},
    "Unnest": {"expressions", "alias"},
    "Group": {"expressions"},
    "With": {"expressions"},
    "CTE": {"this", "alias"},
    "Distinct": {"expressions"},
    "Limit": {"expression"},
    "Offset": {"expression"},
    "Window": {"this", "partition_by", "order", "spec", "over"},
    "Cast": {"this", "to"},
    "TryCast": {"this", "to", "safe"},
    "Star": set(),
}
JOIN_KINDS = {"", "INNER", "CROSS", "OUTER"}
TYPES = {"VARCHAR", "TEXT", "DOUBLE", "BIGINT", "INT", "BOOLEAN", "TIMESTAMP", "DATE", "TIME", "STRUCT", "ARRAY"}
PARTS_OF_TIME = {
    **dict.fromkeys(("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")),
    **{"DAY_OF_WEEK": "ISODOW", "DOW": "ISODOW", "DAY_OF_YEAR": "DOY", "DOY": "DOY", "YEAR_OF_WEEK": "ISOYEAR"},
}
INTERVAL_UNITS = {"MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"}
NULL_SKIPPERS = {
    "first_value": exp.FirstValue,
    "last_value": exp.LastValue,
    "lag": exp.Lag,
    "lead": exp.Lead,
}
COMPARISONS = exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.In | exp.Between
NUMERIC = {"DOUBLE", "BIGINT"}


@dataclass(frozen=True)
class Translation:
    sql: str
    tables: list[Table]


class Translator:
    """One query at one moment. `visible` writes the rows of a table that a query may see, as a DuckDB query."""

    def __init__(self, catalogue: Catalogue, now_us: int) -> None:
        self.catalogue = catalogue
        self.now_us = now_us
        self.context = Context(now_us)
        self.tables: dict[int, Table] = {}

    def translate(self, query: str, visible: "Visible", scheduled_us: int | None = None) -> Translation:
        try:
            return self._translated(parse(query, scheduled_us), visible)
        except ResourceNotFoundError as error:
            raise ValidationError(error.message) from None
        except RecursionError:
            raise ValidationError("The query is nested too deeply for this local endpoint.") from None

    def _translated(self, tree: exp.Query, visible: "Visible") -> Translation:
        for node in tree.walk():
            _check_allowed(node)
        names = Names(self.catalogue, tree)
        self._check_names(tree, names)
        self._rewrite(tree, visible)
        try:
            sql = tree.sql("duckdb", identify=True, unsupported_level=ErrorLevel.RAISE)
        except SqlglotError as error:
            raise ValidationError(f"The query is not supported by this local endpoint: {error}") from None
        return Translation(sql, list(self.tables.values()))

    def _check_names(self, tree: exp.Query, names: Names) -> None:
        types = self._types(tree)
        for node in tree.walk():
            if isinstance(node, exp.Select):
                names.check(node)
            if isinstance(node, exp.Table) and not node.db:
                names.table(node)
            if isinstance(node, COMPARISONS):
                _check_types(node, types)

    def _types(self, tree: exp.Query) -> dict[str, str]:
        """Types of the columns that mean one thing in the whole query."""
        types: dict[str, set[str]] = {"measure_name": {"VARCHAR"}}
        for source in tree.find_all(exp.Table):
            if source.db:
                for name, column in self.catalogue.table(source.db, source.name).columns.items():
                    types.setdefault(name, set()).add(column.type)
        aliases = {one.alias.lower() for one in tree.find_all(exp.Alias)}
        aliases |= {column.name.lower() for one in tree.find_all(exp.TableAlias) for column in one.columns}
        return {name: min(found) for name, found in types.items() if len(found) == 1 and name not in aliases}

    def _rewrite(self, tree: exp.Query, visible: "Visible") -> None:
        for node in reversed(list(tree.walk(bfs=False))):
            new = self._rule(node, visible)
            if new is not node:
                node.replace(new)

    def _rule(self, node: Node, visible: "Visible") -> Node:  # noqa: PLR0911
        match node:
            case exp.Anonymous():
                return translated(node, self.context)
            case exp.Table():
                return self._source(node, visible) if node.db else node
            case exp.Join() | exp.From() if isinstance(node.this, exp.Unnest):
                node.set("this", _unnested(node.this, lateral=isinstance(node, exp.Join)))
                return node
            case exp.Cast() if _is_measure(node):
                return exp.column(
                    f"measure_value::{_measure_type(node)}", table=node.this.args.get("table"), quoted=True
                )
            case exp.Literal() if not node.is_string and not node.this.isdigit():
                return build.double(float(node.this))
            case exp.Interval():
                return _interval(node)
            case exp.CurrentTimestamp():
                return build.timestamp(self.now_us)
            case exp.CurrentDate():
                return build.cast(build.timestamp(self.now_us), "DATE")
            case exp.Extract():
                return _extract(node)
            case exp.IgnoreNulls():
                return _ignoring_nulls(node)
            case exp.DataType():
                return _plain_type(node)
            case exp.Select():
                return _named_columns(node)
        return node

    def _source(self, node: exp.Table, visible: "Visible") -> Node:
        table = self.catalogue.table(node.db, node.name)
        self.tables[table.number] = table
        alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name, quoted=True))
        return exp.Subquery(this=visible.rows(table), alias=alias)


class Visible:
    """The rows of a table that a query sees at a moment: kept by the retention, and not waiting to be seen."""

    def __init__(self, now_us: int, last_due_us: dict[int, int]) -> None:
        self.now_us = now_us
        self.last_due_us = last_due_us

    def rows(self, table: Table) -> exp.Select:
        columns = list(table.columns.values())
        shown = [exp.alias_(exp.column(c.physical, quoted=True), c.name, quoted=True) for c in columns if c.dimension]
        shown += [exp.column("measure_name", quoted=True), exp.column("time", quoted=True)]
        shown += [
            exp.alias_(exp.column(c.physical, quoted=True), c.name, quoted=True) for c in columns if not c.dimension
        ]
        rows = exp.select(*shown).from_(exp.table_(table.physical, quoted=True))
        kept_from = self.now_us - table.magnetic_days * 86_400_000_000
        rows = rows.where(exp.GTE(this=exp.column("time", quoted=True), expression=build.timestamp(kept_from)))
        if self.last_due_us.get(table.number, 0) > self.now_us:
            due = exp.column("due", quoted=True)
            arrived = exp.LTE(this=due.copy(), expression=build.timestamp(self.now_us))
            rows = rows.where(exp.or_(exp.Is(this=due, expression=exp.Null()), arrived))
        return rows


def _check_allowed(node: Node) -> None:
    name = type(node).__name__
    if name not in ALLOWED_NODES:
        raise ValidationError(f"{_said(name)} is not supported by this local endpoint.")
    allowed = ALLOWED_PARTS.get(name)
    for part, value in node.args.items():
        if allowed is not None and value and part not in allowed:
            raise ValidationError(
                f"{part.strip('_').upper()} of {_said(name)} is not supported by this local endpoint."
            )
    if isinstance(node, exp.Join) and (node.kind not in JOIN_KINDS or node.side not in {"", "LEFT", "RIGHT", "FULL"}):
        raise ValidationError(f"{node.kind or node.side} JOIN is not supported by this local endpoint.")
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise ValidationError("A function in place of a table is not supported by this local endpoint.")
    if isinstance(node, exp.DataType) and node.this.name not in TYPES:
        raise ValidationError(f"The type {node.this.name} is not supported by this local endpoint.")


def _said(name: str) -> str:
    return "".join(f" {letter}" if letter.isupper() else letter for letter in name).strip().upper()


def _check_types(node: Node, types: dict[str, str]) -> None:
    """Presto compares no number with a text; DuckDB casts silently."""
    kinds = {_kind(one, types) for one in node.iter_expressions() if not isinstance(one, exp.Query)}
    if {"number", "text"} <= kinds:
        raise ValidationError(f"A number cannot be compared with a text (varchar): {node.sql('trino')[:200]}")


def _kind(node: Node, types: dict[str, str]) -> str | None:
    if isinstance(node, exp.Neg | exp.Paren):
        return _kind(node.this, types)
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    type_ = None
    if isinstance(node, exp.Cast):
        type_ = node.to.this.name
    elif isinstance(node, exp.Column):
        type_ = types.get(node.name.lower())
    if type_ in NUMERIC:
        return "number"
    return "text" if type_ == "VARCHAR" else None


def _is_measure(node: exp.Cast) -> bool:
    return isinstance(node.this, exp.Column) and node.this.name.lower() == "measure_value"


def _measure_type(node: exp.Cast) -> str:
    return str(node.to.this.name).lower().replace("text", "varchar")


def _unnested(node: exp.Unnest, *, lateral: bool) -> Node:
    """A series becomes two columns, an array one, as the alias says; without one it is a series."""
    if len(node.expressions) != 1:
        raise ValidationError("UNNEST of several arrays is not supported by this local endpoint.")
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier("unnested", quoted=True))
    deep = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=build.integer(2))
    options = [] if len(alias.columns) == 1 else [deep]
    rows = exp.select(call("unnest", node.expressions[0], *options))
    subquery = exp.Subquery(this=rows)
    if lateral:
        return exp.Lateral(this=subquery, alias=alias)
    subquery.set("alias", alias)
    return subquery


def _interval(node: exp.Interval) -> Node:
    unit = node.unit.name.upper().removesuffix("S") if node.unit else ""
    if unit not in INTERVAL_UNITS or not isinstance(node.this, exp.Literal):
        raise ValidationError("An interval is written as INTERVAL '1' DAY here.")
    if unit == "MICROSECOND" and node.this.this.lstrip("-").isdigit():
        return build.micros(int(node.this.this))
    return node


def _extract(node: exp.Extract) -> Node:
    part = node.this.name.upper()
    if part not in PARTS_OF_TIME:
        raise ValidationError(f"EXTRACT({part} FROM …) is not supported by this local endpoint.")
    node.set("this", exp.var(PARTS_OF_TIME[part] or part))
    return node


def _ignoring_nulls(node: exp.IgnoreNulls) -> Node:
    inner = node.this
    kind = NULL_SKIPPERS.get(str(inner.this).lower()) if isinstance(inner, exp.Anonymous) else None
    if kind is None or len(inner.expressions) != 1:
        raise ValidationError(f"IGNORE NULLS is supported for {', '.join(NULL_SKIPPERS)} of one argument.")
    node.set("this", kind(this=inner.expressions[0]))
    return node


def _plain_type(node: exp.DataType) -> Node:
    """TIMESTAMP(0) and VARCHAR(10) would cut: the type without its size."""
    if node.this.name in {"TIMESTAMP", "TIME", "VARCHAR"} and node.expressions:
        node.set("expressions", [])
    return node


def _named_columns(select: exp.Select) -> Node:
    """A column without a name is `_col0`, as Presto says it."""
    for index, one in enumerate(select.expressions):
        if isinstance(one, exp.Dot):
            one.replace(exp.alias_(one.copy(), one.name, quoted=True))
        elif not isinstance(one, exp.Alias | exp.Column | exp.Star):
            one.replace(exp.alias_(one.copy(), f"_col{index}", quoted=True))
    return select
