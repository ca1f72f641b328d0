"""DynamoDB's expressions over whole attributes: conditions, key conditions and updates, parsed once a text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

Value = dict[str, Any]
Raw = dict[str, Value]
TOKEN = re.compile(r"\s*(<>|<=|>=|[<>=(),+\-]|#\w+|:\w+|\w+)")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class InvalidExpressionError(Exception):
    """What DynamoDB answers with a ValidationException, in its words."""


@dataclass(frozen=True)
class Scope:
    """What an expression is about: an item, and what the placeholders stand for."""

    item: Raw
    names: Mapping[str, str]
    values: Mapping[str, Value]

    def name(self, token: str) -> str:
        return self.names[token] if token.startswith("#") else token

    def operand(self, token: str) -> Value | None:
        return self.values[token] if token.startswith(":") else self.item.get(self.name(token))


Predicate = Callable[[Scope], bool]
Operand = Callable[[Scope], Value | None]
Assignment = Callable[[Scope, Raw], None]


def holds(text: str | None, scope: Scope) -> bool:
    return text is None or condition(text)(scope)


def updated(text: str, scope: Scope) -> Raw:
    """The item after the update; every operand is read before it."""
    after = dict(scope.item)
    for assign in update(text):
        assign(scope, after)
    return after


@cache
def condition(text: str) -> Predicate:
    parser = Parser(text)
    found = parser.either()
    parser.end()
    return found


@cache
def update(text: str) -> list[Assignment]:
    return Parser(text).clauses()


def comparable(value: Value) -> tuple[str, Any]:
    """Numbers by their value, sets without their order."""
    ((kind, content),) = value.items()
    if kind == "N":
        return kind, Decimal(content)
    if kind in {"SS", "NS", "BS"}:
        return kind, frozenset(content)
    return kind, content


def equal(one: Value | None, other: Value | None) -> bool:
    return one is not None and other is not None and comparable(one) == comparable(other)


def compared(sign: str, one: Value | None, other: Value | None) -> bool:
    if sign == "=":
        return equal(one, other)
    if sign == "<>":
        return not equal(one, other)
    if one is None or other is None or one.keys() != other.keys():
        return False
    return COMPARISONS[sign](_ordered(one), _ordered(other))


def _ordered(value: Value) -> Any:
    """Strings by their bytes in UTF-8, as DynamoDB sorts them."""
    kind, content = comparable(value)
    return content.encode() if kind == "S" else content


class Parser:
    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == re.sub(r"\s", "", text), f"an expression that this store does not know: {text}"
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.next
        is_expected = token.upper() in expected if expected else token != ""
        assert is_expected, f"{expected} expected, not {token!r}"
        self.at += 1
        return token

    def has(self, word: str) -> bool:
        if self.next.upper() != word:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        assert not self.next, f"more than a condition: {self.next!r}"

    # --- conditions

    def either(self) -> Predicate:
        parts = [self.both()]
        while self.has("OR"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda scope: any(part(scope) for part in parts)

    def both(self) -> Predicate:
        parts = [self.negation()]
        while self.has("AND"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else lambda scope: all(part(scope) for part in parts)

    def negation(self) -> Predicate:
        if self.has("NOT"):
            refuted = self.negation()
            return lambda scope: not refuted(scope)
        if self.has("("):
            found = self.either()
            self.take(")")
            return found
        return self.test()

    def test(self) -> Predicate:
        function = self.next.lower()
        if function in TESTS:
            self.take()
            return self.called(TESTS[function])
        one = self.value()
        if self.has("BETWEEN"):
            low = self.value()
            self.take("AND")
            high = self.value()
            return lambda scope: compared(">=", one(scope), low(scope)) and compared("<=", one(scope), high(scope))
        if self.has("IN"):
            choices = self.arguments(self.value)
            return lambda scope: any(equal(one(scope), choice(scope)) for choice in choices)
        sign = self.take("=", "<>", "<", "<=", ">", ">=")
        other = self.value()
        return lambda scope: compared(sign, one(scope), other(scope))

    def called(self, test: Callable[..., bool]) -> Predicate:
        operands = self.arguments(self.value)
        return lambda scope: test(*(operand(scope) for operand in operands))

    def arguments(self, one: Callable[[], Any]) -> list[Any]:
        self.take("(")
        found = [one()]
        while self.has(","):
            found.append(one())
        self.take(")")
        return found

    def value(self) -> Operand:
        if self.next.lower() == "size":
            self.take()
            (measured,) = self.arguments(self.value)
            return lambda scope: _size(measured(scope))
        token = self.take()
        return lambda scope: scope.operand(token)

    # --- updates

    def clauses(self) -> list[Assignment]:
        found: list[Assignment] = []
        while self.next:
            clause = CLAUSES[self.take(*CLAUSES).upper()]
            found.append(clause(self))
            while self.has(","):
                found.append(clause(self))
        return found

    def setting(self) -> Assignment:
        name = self.take()
        self.take("=")
        one = self.term()
        sign = self.take() if self.next in {"+", "-"} else None
        other = self.term() if sign else None

        def assign(scope: Scope, after: Raw) -> None:
            if other is None or sign is None:
                after[scope.name(name)] = _there(one(scope))
            else:
                after[scope.name(name)] = _sum(_there(one(scope)), sign, _there(other(scope)))

        return assign

    def term(self) -> Operand:
        function = self.next.lower()
        if function == "if_not_exists":
            self.take()
            path, fallback = self.arguments(self.term)
            return lambda scope: path(scope) or fallback(scope)
        if function == "list_append":
            self.take()
            one, other = self.arguments(self.term)
            return lambda scope: {"L": [*_there(one(scope))["L"], *_there(other(scope))["L"]]}
        return self.value()

    def removal(self) -> Assignment:
        name = self.take()
        return lambda scope, after: after.pop(scope.name(name), None) and None

    def addition(self) -> Assignment:
        name, added = self.take(), self.take()

        def assign(scope: Scope, after: Raw) -> None:
            after[scope.name(name)] = _added(scope.operand(name), scope.values[added])

        return assign


def _size(value: Value | None) -> Value | None:
    if value is None:
        return None
    ((kind, content),) = value.items()
    return {"N": str(len(content.encode() if kind == "S" else content))}


def _there(value: Value | None) -> Value:
    if value is None:
        raise InvalidExpressionError("The provided expression refers to an attribute that does not exist in the item")
    return value


def _sum(one: Value, sign: str, other: Value) -> Value:
    if "N" not in one or "N" not in other:
        raise InvalidExpressionError("An operand in the update expression has an incorrect data type")
    return {"N": number(Decimal(one["N"]) + Decimal(other["N"]) * (1 if sign == "+" else -1))}


def _added(stored: Value | None, more: Value) -> Value:
    if stored is None:
        return more
    ((kind, content),) = stored.items()
    if more.keys() != stored.keys() or kind not in {"N", "SS", "NS", "BS"}:
        raise InvalidExpressionError("An operand in the update expression has an incorrect data type")
    return _sum(stored, "+", more) if kind == "N" else {kind: sorted({*content, *more[kind]})}


def number(value: Decimal) -> str:
    """As DynamoDB writes it: no exponent, no needless zeros."""
    return format(value.normalize(), "f") if value else "0"


TESTS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "begins_with": lambda value, prefix: (
        value is not None and str(value.get("S", "")).startswith(prefix["S"]) and "S" in value
    ),
    "contains": lambda value, part: value is not None and part["S"] in next(iter(value.values())),
    "attribute_type": lambda value, kind: value is not None and kind["S"] in value,
}
CLAUSES: dict[str, Callable[[Parser], Assignment]] = {
    "SET": Parser.setting,
    "REMOVE": Parser.removal,
    "ADD": Parser.addition,
}
