"""The allow-list of functions: name, how many arguments, and what it becomes in DuckDB.

A function that is not here is refused, also when DuckDB has one of that name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from timestream_local.clock import EPOCH, micros
from timestream_local.errors import ValidationError
from timestream_local.series import SERIES
from timestream_local.sql import build
from timestream_local.sql.build import Node, call
from timestream_local.sql.dialect import duration_us

ANY = 127
UNITS = ("microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
MYSQL_FORMAT = {
    **{letter: f"%{letter}" for letter in "YymdHfjpSba"},
    **{"i": "%M", "s": "%S", "M": "%B", "W": "%A", "h": "%I", "I": "%I", "T": "%H:%M:%S", "%": "%%"},
    **{"e": "%-d", "c": "%-m", "k": "%-H", "l": "%-I"},
}
ONE = build.integer(1)
EPOCH_START = build.timestamp(micros(EPOCH))


@dataclass(frozen=True)
class Context:
    now_us: int


Build = Callable[[list[Node], Context], Node]


@dataclass(frozen=True)
class Function:
    least: int
    most: int
    build: Build


def translated(node: exp.Anonymous, context: Context) -> Node:
    name = str(node.this).lower()
    function = FUNCTIONS.get(name)
    if function is None:
        raise ValidationError(f"The function {name} is not supported by this local endpoint.")
    arguments = list(node.expressions)
    if not function.least <= len(arguments) <= function.most:
        takes = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
        raise ValidationError(f"The function {name} takes {takes} arguments here, not {len(arguments)}.")
    return function.build(arguments, context)


def interval_us(node: Node, name: str) -> int:
    """A duration that is written in the query."""
    inner = node.this if isinstance(node, exp.Paren) else node
    if isinstance(inner, exp.Anonymous) and inner.this == "to_microseconds":
        literal = inner.expressions[0]
        if isinstance(literal, exp.Literal):
            return int(literal.this)
    raise ValidationError(f"{name} needs a duration that is written in the query, such as 30s.")


def _to(name: str) -> Build:
    return lambda arguments, _: call(name, *arguments)


def _unit(node: Node) -> str:
    if isinstance(node, exp.Literal) and node.is_string and node.this.lower() in UNITS:
        return str(node.this).lower()
    raise ValidationError(f"A unit of time is one of {', '.join(UNITS)}, in quotes.")


def _text(node: Node, name: str) -> str:
    if isinstance(node, exp.Literal) and node.is_string:
        return str(node.this)
    raise ValidationError(f"{name} needs a text that is written in the query.")


def _ago(arguments: list[Node], context: Context) -> Node:
    return build.paren(exp.Sub(this=build.timestamp(context.now_us), expression=arguments[0]))


def _bin(arguments: list[Node], _: Context) -> Node:
    return call("time_bucket", arguments[1], arguments[0], EPOCH_START.copy())


def _date_trunc(arguments: list[Node], _: Context) -> Node:
    return call("date_trunc", build.string(_unit(arguments[0])), arguments[1])


def _date_diff(arguments: list[Node], _: Context) -> Node:
    """Presto counts whole units; DuckDB's date_diff counts the boundaries between."""
    return call("date_sub", build.string(_unit(arguments[0])), *arguments[1:])


def _date_add(arguments: list[Node], _: Context) -> Node:
    unit = exp.Interval(this=build.string("1"), unit=exp.var(_unit(arguments[0])))
    step = exp.Mul(this=build.paren(arguments[1]), expression=unit)
    return build.paren(exp.Add(this=arguments[2], expression=step))


def _from_nanoseconds(arguments: list[Node], _: Context) -> Node:
    return call("make_timestamp", call("divide", arguments[0], build.integer(1_000)))


def _from_unixtime(arguments: list[Node], _: Context) -> Node:
    us = exp.Mul(this=build.paren(arguments[0]), expression=build.double(1e6))
    return call("make_timestamp", build.cast(call("round", us), "BIGINT"))


def _from_iso8601(arguments: list[Node], _: Context) -> Node:
    return build.cast(build.cast(arguments[0], "TIMESTAMPTZ"), "TIMESTAMP")


def _millisecond(arguments: list[Node], _: Context) -> Node:
    return build.paren(exp.Mod(this=call("millisecond", arguments[0]), expression=build.integer(1_000)))


def _strftime(name: str, duckdb: str) -> Build:
    def make(arguments: list[Node], _: Context) -> Node:
        return call(duckdb, arguments[0], build.string(_format(_text(arguments[1], name), name)))

    return make


def _format(mysql: str, name: str) -> str:
    out, letters = "", iter(mysql)
    for letter in letters:
        code = next(letters, "") if letter == "%" else None
        if code is not None and code not in MYSQL_FORMAT:
            raise ValidationError(f"{name} does not support %{code} here.")
        out += letter if code is None else MYSQL_FORMAT[code]
    return out


def _concat(arguments: list[Node], _: Context) -> Node:
    joined = arguments[0]
    for one in arguments[1:]:
        joined = exp.DPipe(this=joined, expression=one)
    return build.paren(joined)


def _null_if_any(name: str) -> Build:
    return lambda arguments, _: build.paren(build.unless_null(arguments, call(name, *arguments)))


def _replace(arguments: list[Node], _: Context) -> Node:
    return call("replace", *arguments, *([build.string("")] if len(arguments) == 2 else []))


def _regexp_extract(arguments: list[Node], _: Context) -> Node:
    condition = call("regexp_matches", arguments[0].copy(), arguments[1].copy())
    return exp.Case(ifs=[exp.If(this=condition, true=call("regexp_extract", *arguments))])


def _regexp_replace(arguments: list[Node], _: Context) -> Node:
    replacement = _text(arguments[2], "regexp_replace") if len(arguments) > 2 else ""
    if "$" in replacement or "\\" in replacement:
        raise ValidationError("regexp_replace with groups in the replacement is not supported.")
    return call("regexp_replace", arguments[0], arguments[1], build.string(replacement), build.string("g"))


def _slice(arguments: list[Node], _: Context) -> Node:
    array, start, length = arguments
    end = exp.Sub(this=exp.Add(this=start.copy(), expression=length), expression=build.integer(1))
    return call("list_slice", array, start, end)


def _or_zero(name: str) -> Build:
    return lambda arguments, _: call("coalesce", call(name, *arguments), build.integer(0))


def _special_double(value: str) -> Build:
    return lambda _arguments, _: build.cast(build.string(value), "DOUBLE")


def _parse_duration(arguments: list[Node], _: Context) -> Node:
    return build.micros(duration_us(_text(arguments[0], "parse_duration")))


def _approx_percentile(arguments: list[Node], _: Context) -> Node:
    """One percentage or an array of them, which DuckDB takes as FLOAT only."""
    values, at = arguments
    return call("approx_quantile", values, build.cast(at, "FLOAT[]" if isinstance(at, exp.Array) else "FLOAT"))


def _create_time_series(arguments: list[Node], _: Context) -> Node:
    time, value = arguments
    point = build.struct(time=time, value=value)
    listed = call("list", exp.Order(this=point, expressions=[exp.Ordered(this=time.copy())]))
    there = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    return exp.Filter(this=listed, expression=exp.Where(this=there))


def _series(node: Node) -> Node:
    return build.cast(node, SERIES)


def _interpolate(name: str) -> Build:
    """At an array of times: a series. At one time: the value."""

    def make(arguments: list[Node], _: Context) -> Node:
        series, at, *constant = arguments
        extra = [build.cast(one, "DOUBLE") for one in constant]
        if _is_array(at):
            return call(name, _series(series), at, *extra)
        if _is_time(at):
            point = call("list_extract", call(name, _series(series), exp.Array(expressions=[at]), *extra), ONE.copy())
            return build.field(point, "value")
        raise ValidationError(
            "Interpolation needs sequence(start, stop, step), ARRAY[…] or a time such as TIMESTAMP '…' in its place."
        )

    return make


def _is_array(node: Node) -> bool:
    lists = {"generate_series", "list_transform", "list_filter", "list", "list_sort", "list_distinct", "list_slice"}
    return isinstance(node, exp.Array) or (isinstance(node, exp.Anonymous) and node.this in lists)


def _is_time(node: Node) -> bool:
    times = {"time_bucket", "date_trunc", "make_timestamp", "epoch_ms", "min", "max"}
    return isinstance(node, exp.Cast) or (isinstance(node, exp.Anonymous) and node.this in times)


def _derivative(name: str) -> Build:
    def make(arguments: list[Node], _: Context) -> Node:
        return call(name, _series(arguments[0]), build.double(interval_us(arguments[1], "A derivative")))

    return make


def _integral(arguments: list[Node], _: Context) -> Node:
    series = _series(arguments[0])
    unit = build.double(interval_us(arguments[1], "integral_trapezoid") if len(arguments) > 1 else 1_000_000)
    if len(arguments) == 3:
        raise ValidationError("integral_trapezoid takes a start and a stop, or neither.")
    if len(arguments) == 4:
        return call("ts_integral_between", series, unit, *arguments[2:])
    return call("ts_integral", series, unit)


def _reduce(arguments: list[Node], _: Context) -> Node:
    """DuckDB's reduce wants a state of the elements' type: so each element carries a state beside itself."""
    array, initial, step, finish = arguments
    if not (_takes(step, 2) and _takes(finish, 1)):
        raise ValidationError("reduce takes an array, a first state, (state, x) -> … and state -> …")
    state, element = (one.name for one in step.expressions)
    carried = build.struct(
        acc=exp.Case(ifs=[exp.If(this=exp.false(), true=initial.copy())]), el=exp.to_identifier("q", quoted=True)
    )
    rows = call("list_transform", array.copy(), _lambda(["q"], carried))
    body = _replaced(step.this, {state: ("p", "acc"), element: ("q", "el")})
    next_row = build.struct(acc=body, el=build.field(exp.to_identifier("q", quoted=True), "el"))
    first_row = build.struct(acc=initial, el=call("list_extract", array, build.integer(1)))
    reduced = build.field(call("list_reduce", rows, _lambda(["p", "q"], next_row), first_row), "acc")
    ended = call("list_transform", exp.Array(expressions=[reduced]), finish)
    return call("list_extract", ended, build.integer(1))


def _takes(node: Node, count: int) -> bool:
    return isinstance(node, exp.Lambda) and len(node.expressions) == count


def _lambda(names: list[str], body: Node) -> exp.Lambda:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name, quoted=True) for name in names])


def _replaced(body: Node, fields: dict[str, tuple[str, str]]) -> Node:
    """The body with its parameters read from the carried structs."""
    holder = exp.Paren(this=body.copy())
    for node in list(holder.find_all(exp.Identifier)):
        is_field = isinstance(node.parent, exp.Dot) and node.arg_key == "expression"
        if node.name in fields and not is_field and not isinstance(node.parent, exp.Column | exp.PropertyEQ):
            source, name = fields[node.name]
            node.replace(build.field(exp.to_identifier(source, quoted=True), name))
    return holder


def _named(names: str, least: int, most: int | None = None) -> dict[str, Function]:
    """Functions that have the same name in DuckDB, or `theirs>ours`."""
    found = {}
    for name in names.split():
        theirs, _, ours = name.partition(">")
        found[theirs] = Function(least, most or least, _to(ours or theirs))
    return found


def _made(made: dict[str, tuple[int, int, Build]]) -> dict[str, Function]:
    return {name: Function(*one) for name, one in made.items()}


AGGREGATES = {
    **_named("sum avg min max stddev>stddev_samp stddev_samp stddev_pop variance>var_samp var_samp var_pop", 1),
    **_named("approx_distinct>approx_count_distinct count_if bool_and bool_or every>bool_and", 1),
    **_named("arbitrary>any_value array_agg>list geometric_mean>geomean", 1),
    **_named("corr covar_pop covar_samp regr_slope regr_intercept", 2),
    **_named("min_by>arg_min_null max_by>arg_max_null", 2),
    "approx_percentile": Function(2, 2, _approx_percentile),
    **_named("count", 0, 1),
    "create_time_series": Function(2, 2, _create_time_series),
}
WINDOWS = {
    **_named("row_number rank dense_rank percent_rank cume_dist", 0),
    **_named("ntile first_value last_value", 1),
    **_named("nth_value", 2),
    **_named("lag lead", 1, 3),
}
NUMBERS = {
    **_named("abs ceil ceiling>ceil floor sqrt cbrt exp ln log2 log10 sign truncate>trunc degrees radians", 1),
    **_named("sin cos tan asin acos atan sinh cosh tanh is_nan>isnan is_finite>isfinite is_infinite>isinf", 1),
    **_named("power pow>power mod atan2 log", 2),
    **_named("round", 1, 2),
    **_named("pi rand>random random", 0),
    **_made(
        {
            "greatest": (1, ANY, _null_if_any("greatest")),
            "least": (1, ANY, _null_if_any("least")),
            "infinity": (0, 0, _special_double("inf")),
            "nan": (0, 0, _special_double("nan")),
        }
    ),
}
TEXTS = {
    **_named("length lower upper trim ltrim rtrim reverse chr codepoint>unicode", 1),
    **_named("strpos starts_with split>string_split regexp_like>regexp_matches levenshtein_distance>levenshtein", 2),
    **_named("split_part lpad rpad", 3),
    **_named("substr substring>substr", 2, 3),
    **_made(
        {
            "concat": (2, ANY, _concat),
            "replace": (2, 3, _replace),
            "regexp_extract": (2, 3, _regexp_extract),
            "regexp_replace": (2, 3, _regexp_replace),
        }
    ),
}
TIMES = {
    **_named("year month day hour minute second quarter week day_of_month>day day_of_year>dayofyear doy>dayofyear", 1),
    **_named("day_of_week>isodow dow>isodow week_of_year>week year_of_week>isoyear yow>isoyear", 1),
    **_named("from_milliseconds>epoch_ms to_milliseconds>epoch_ms to_nanoseconds>epoch_ns to_unixtime>epoch", 1),
    **_made(
        {
            "now": (0, 0, lambda _, context: build.timestamp(context.now_us)),
            "ago": (1, 1, _ago),
            "bin": (2, 2, _bin),
            "date": (1, 1, lambda arguments, _: build.cast(arguments[0], "DATE")),
            "date_trunc": (2, 2, _date_trunc),
            "date_diff": (3, 3, _date_diff),
            "date_add": (3, 3, _date_add),
            "date_format": (2, 2, _strftime("date_format", "strftime")),
            "date_parse": (2, 2, _strftime("date_parse", "strptime")),
            "from_nanoseconds": (1, 1, _from_nanoseconds),
            "from_unixtime": (1, 1, _from_unixtime),
            "from_iso8601_timestamp": (1, 1, _from_iso8601),
            "from_iso8601_date": (1, 1, lambda arguments, _: build.cast(arguments[0], "DATE")),
            "millisecond": (1, 1, _millisecond),
            "parse_duration": (1, 1, _parse_duration),
        }
    ),
}
CONDITIONS = {**_named("coalesce", 1, ANY), **_named("nullif", 2), **_named("try", 1)}
ARRAYS = {
    **_named("cardinality>len array_max>list_max array_min>list_min array_distinct>list_distinct flatten", 1),
    **_named("array_sort>list_sort", 1),
    **_named("element_at>list_extract contains>list_contains array_join>array_to_string", 2),
    **_named("transform>list_transform filter>list_filter", 2),
    **_named("sequence>generate_series", 2, 3),
    **_named("row", 1, ANY),
    **_made(
        {
            "slice": (3, 3, _slice),
            "array_position": (2, 2, _or_zero("list_position")),
            "reduce": (4, 4, _reduce),
        }
    ),
}
SERIES_FUNCTIONS = _made(
    {
        "interpolate_linear": (2, 2, _interpolate("ts_linear")),
        "interpolate_locf": (2, 2, _interpolate("ts_locf")),
        "interpolate_spline_cubic": (2, 2, _interpolate("ts_spline")),
        "interpolate_fill": (3, 3, _interpolate("ts_fill")),
        "derivative_linear": (2, 2, _derivative("ts_derivative")),
        "non_negative_derivative_linear": (2, 2, _derivative("ts_derivative_up")),
        "integral_trapezoid": (1, 4, _integral),
    }
)
FUNCTIONS: dict[str, Function] = {
    **AGGREGATES,
    **WINDOWS,
    **NUMBERS,
    **TEXTS,
    **TIMES,
    **CONDITIONS,
    **ARRAYS,
    **SERIES_FUNCTIONS,
}
