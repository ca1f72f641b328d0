"""What the brakes cost: requests to DynamoDB and their units, counted in the API's own handler on moto (ADR 36).

Beside it, what the look cost when it only looked. Units are by DynamoDB's rules: a write unit for each kilobyte of the
item, a read unit for each four. Prices: `prices.toml`.

Run from the repository's root: python -m tests.bench.bench_brakes
"""

import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Final

import boto3
import pytest

from tests.bench.bench_standing import PATH, service_on_moto
from tests.kit.clock import Clock
from tests.kit.counting import counted
from tests.kit.services import ATHLETE, STANDING_TABLE, Service

BEGIN: Final = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
REQUESTS: Final = 65
WRITES: Final = "UpdateItem"


@dataclass(frozen=True)
class Cost:
    """Of `REQUESTS` of one athlete."""

    name: str
    refused: int
    requests: int
    item_bytes: int

    @property
    def each(self) -> float:
        return self.requests / REQUESTS

    @property
    def write_units(self) -> float:
        return self.each * ceil(self.item_bytes / 1024)

    def dollars(self) -> float:
        """Of a million requests of the app."""
        return self.write_units * _price("million_write_units")


def looked_only(item_bytes: int) -> float:
    """Dollars of a million requests, as it was: a strongly consistent read each."""
    return ceil(item_bytes / 4096) * _price("million_read_units")


def costs() -> list[Cost]:
    return [
        _measured("an athlete who trains: one a second", timedelta(seconds=1)),
        _measured("one who looks in: one each 10 minutes", timedelta(minutes=10)),
        _measured("one with 100 sessions that ended", timedelta(seconds=1), begin=_end_a_hundred),
        _measured("one who hammers: 100 a second, 5 allowed", timedelta(milliseconds=10), begin=_brake),
    ]


def _measured(name: str, every: timedelta, begin: Callable[[Clock], None] = lambda _: None) -> Cost:
    from stadion import clock

    with service_on_moto() as service, pytest.MonkeyPatch.context() as patch:
        shown = Clock(BEGIN)
        patch.setattr(clock, "now", shown.now)
        begin(shown)
        with counted() as operations:
            refused = sum(_asks(service, shown, every) == 429 for _ in range(REQUESTS))
        return Cost(name, refused, len(operations), _size())


def _asks(service: Service, shown: Clock, every: timedelta) -> int:
    status = service.call("GET", PATH, accept_language="en").status
    shown.moment += every
    return status


def _brake(shown: Clock) -> None:
    from stadion import standing
    from stadion.change import Change

    with Change(ATHLETE, shown.now()) as change:
        standing.brake(ATHLETE, 5, change=change)


def _end_a_hundred(shown: Clock) -> None:
    from stadion import ids, standing
    from stadion.change import Change

    for _ in range(standing.MOST_ENDED):
        with Change(ATHLETE, shown.now()) as change:
            standing.end_session(ATHLETE, ids.new_id(), BEGIN + timedelta(hours=1), shown.now(), change=change)


def _size() -> int:
    """Names and values, as DynamoDB counts them (a number: about a byte for two digits, and one)."""
    (item,) = boto3.client("dynamodb").scan(TableName=STANDING_TABLE)["Items"]
    assert item["pk"]["S"].endswith(ATHLETE)
    return sum(len(name) + (len(one["S"]) if "S" in one else len(one["N"]) // 2 + 2) for name, one in item.items())


def _price(what: str) -> float:
    prices = tomllib.loads((Path(__file__).parent / "prices.toml").read_text())
    return float(prices["dynamodb"][what])


def report() -> str:
    lines = [f"{'':<42}{'refused':>8}{'requests':>10}{'bytes':>7}{'WCU':>7}{'$ a million':>13}{'only looking':>14}"]
    lines += [
        f"{one.name:<42}{one.refused:>8}{one.each:>10.2f}{one.item_bytes:>7}{one.write_units:>7.2f}"
        f"{one.dollars():>13.3f}{looked_only(one.item_bytes):>14.3f}"
        for one in costs()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
