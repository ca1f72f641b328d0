"""Reading Timestream's SQL: Trino's grammar, every function a plain name, durations like `30s` rewritten first."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from timestream_local.clock import text
from timestream_local.errors import ValidationError

MICROS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
SYNTAX_OF_THEIR_OWN = ("CAST", "TRY_CAST", "EXTRACT", "POSITION")
DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h|d)")
FIRST_WORDS = ("SELECT", "WITH", "(")
MAX_CHARACTERS = 262_144


class TimestreamParser(TrinoParser):
    """No function is known to the parser: the allow-list of `functions.py` is the only place that knows any."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: TrinoParser.FUNCTION_PARSERS[name] for name in SYNTAX_OF_THEIR_OWN
    }


class TimestreamSql(Trino):
    Parser = TimestreamParser


def parse(query: str, scheduled_us: int | None = None) -> exp.Query:
    """The one statement of the text, a query."""
    if len(query) > MAX_CHARACTERS:
        raise ValidationError(f"A query can have at most {MAX_CHARACTERS} characters.")
    try:
        dialect = TimestreamSql()
        tokens = dialect.tokenize(query)
        _check_first(tokens)
        sql = _rewritten(query, tokens, scheduled_us)
        statements = [one for one in dialect.parse(sql) if one is not None]
    except ParseError as error:
        where = error.errors[0] if error.errors else {}
        place = f" at line {where.get('line')}, column {where.get('col')}" if where else ""
        said = where.get("description") or "the text is no SQL"
        raise ValidationError(f"The query cannot be parsed{place}: {said}") from None
    except (TokenError, SqlglotError, RecursionError):
        raise ValidationError("The query cannot be parsed: a quote or a parenthesis is not closed.") from None
    if len(statements) != 1:
        raise ValidationError("A call takes exactly one statement.")
    statement = statements[0]
    if not isinstance(statement, exp.Query):
        raise ValidationError(f"{statement.key.upper()} is not supported: a query starts with SELECT or WITH.")
    return statement


def _check_first(tokens: list[Token]) -> None:
    first = tokens[0].text.upper() if tokens else ""
    if first not in FIRST_WORDS:
        raise ValidationError(f"{first or 'An empty text'} is not supported: a query starts with SELECT or WITH.")


def duration_us(literal: str) -> int:
    found = DURATION.fullmatch(literal.strip())
    if not found:
        raise ValidationError(f"{literal!r} is no duration: write 30s, 5m, 2h, 90d, 250ms.")
    return _micros(*found.groups())


def _rewritten(query: str, tokens: list[Token], scheduled_us: int | None) -> str:
    pieces: list[str] = []
    done = 0
    for first, second in pairwise(tokens):
        replacement = _replacement(first, second, scheduled_us) if second.start == first.end + 1 else None
        if replacement is not None:
            pieces += [query[done : first.start], replacement]
            done = second.end + 1
    return "".join(pieces) + query[done:]


def _replacement(first: Token, second: Token, scheduled_us: int | None) -> str | None:
    if first.token_type == TokenType.PARAMETER:
        if second.text != "scheduled_runtime" or scheduled_us is None:
            raise ValidationError(f"@{second.text} has no value here: only a scheduled query has @scheduled_runtime.")
        return f"TIMESTAMP '{text(scheduled_us)[:-3]}'"
    if first.token_type == TokenType.NUMBER and second.token_type == TokenType.VAR:
        return f"INTERVAL '{_micros(first.text, second.text)}' MICROSECOND"
    return None


def _micros(number: str, unit: str) -> int:
    if unit.lower() == "ns":
        raise ValidationError("Durations in ns are not supported: this local endpoint keeps microseconds.")
    if unit.lower() not in MICROS:
        raise ValidationError(f"{number}{unit} is no duration: its unit is one of ns, us, ms, s, m, h, d.")
    return int(Decimal(number) * MICROS[unit.lower()])
