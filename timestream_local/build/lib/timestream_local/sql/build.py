"""Small makers of DuckDB expressions."""

from sqlglot import exp

from timestream_local.clock import text

Node = exp.Expr


def call(name: str, *arguments: Node) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def integer(value: int) -> Node:
    number = exp.Literal.number(abs(value))
    return exp.Neg(this=number) if value < 0 else number


def string(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def double(value: float) -> Node:
    return cast(string(repr(float(value))), "DOUBLE")


def cast(node: Node, type_: str) -> exp.Cast:
    return exp.Cast(this=node, to=exp.DataType.build(type_, dialect="duckdb"))


def timestamp(moment_us: int) -> Node:
    return cast(string(text(moment_us)[:-3]), "TIMESTAMP")


def micros(value: int) -> Node:
    return call("to_microseconds", integer(value))


def paren(node: Node) -> exp.Paren:
    return exp.Paren(this=node)


def struct(**fields: Node) -> exp.Struct:
    """`{'time': …}`, its names quoted as they are."""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(key), expression=value) for key, value in fields.items()]
    )


def field(node: Node, name: str) -> Node:
    return call("struct_extract", node, string(name))


def unless_null(nodes: list[Node], result: Node) -> Node:
    """Presto's functions of many values give NULL if any of them is; DuckDB's skip it."""
    condition = exp.or_(*(exp.Is(this=node.copy(), expression=exp.Null()) for node in nodes))
    return exp.Case(ifs=[exp.If(this=condition, true=exp.Null())], default=result)
