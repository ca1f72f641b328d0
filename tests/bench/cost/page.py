"""The tables of `docs/cost.md`, from counts, prices and the month. What surrounds them is written by hand."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from local.paths import ROOT
from tests.bench.cost import bill

COUNTS: Final = ROOT / "tests" / "bench" / "cost" / "counts.json"
BEFORE: Final = COUNTS.with_name("before.json")
"""Counted on 2026-11-30, before the two worst lines were mended."""
DOCUMENT: Final = ROOT / "docs" / "cost.md"
BLOCK: Final = re.compile(r"(<!-- (\w+): written by `make cost` -->\n).*?(<!-- /\2 -->)", re.DOTALL)
WORKOUTS: Final = {"manual": "told by hand", "file": "a file of 2 h 19 min", "live": "half an hour live, one follower"}
ACTS: Final = {
    **WORKOUTS,
    "open_app": "the start screen",
    "look_at_workout": "one workout with its curves",
    "look_at_trends": "a year's trend",
    "read_inbox": "the inbox",
    "sign_in": "a sign-in",
    "refresh": "a refresh of the tokens",
}
COUNTED: Final = {
    "http": "requests of the API",
    "socket_messages": "messages of the WebSocket",
    "invocations": "invocations",
    "gb_s": "GB-seconds",
    "writes": "write units",
    "index_writes": "of indexes",
    "reads": "read units",
    "events": "events",
    "sqs": "requests of SQS",
    "s3_puts": "writes of S3",
    "s3_gets": "reads of S3",
    "log_bytes": "bytes of our lines",
    "metric_bytes": "bytes of metrics",
    "kept_bytes": "bytes that stay in tables",
    "s3_bytes": "in buckets",
}
REGIONS: Final = ("us-east-1", "eu-central-1")
FIRST_YEAR: Final = 12


@cache
def counts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return found


@cache
def before() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(BEFORE.read_text(encoding="utf-8"))
    return found


def written(text: str) -> str:
    """The page with its tables made anew."""
    made = {"sum": summed, "empty": empty, "workouts": workouts, "acts": acts, "month": month, "mended": mended}
    return BLOCK.sub(lambda found: f"{found[1]}{made[found[2]]()}\n{found[3]}", text)


def summed() -> str:
    rows = []
    athletes = bill.MONTH["athletes"]
    for region in REGIONS:
        at = bill.prices(region)
        base = sum(bill.empty(counts()["inventory"], own_metrics(), at).values())
        each = sum(bill.month(acts_of(), at, athletes).values())
        kept = sum(bill.keeping(acts_of(), at, athletes, FIRST_YEAR).values())
        rows.append((region, usd(base), usd(each), usd(kept), usd(base + each + kept), usd(bill.timestream(athletes))))
    head = ("region", "by itself", f"{athletes:,} athletes", "what a year left", "together", "Timestream, besides")
    return table(head, rows)


def empty() -> str:
    found = counts()["inventory"]
    at = bill.prices()
    polls = f"{bill.POLLERS} pollers × {bill.POLLS_A_MINUTE} a minute"
    what = {
        "own metrics, once used": f"{own_metrics()} names that the counted acts sent",
        "SnapStart's cache": f"{found['snapshots_gb']:g} GB",
        "alarms": f"{found['alarms']}",
        "polling of idle queues": f"{found['queue_mappings']} queues × {polls}",
        "firewall": f"{found['firewalls']} with {found['firewall_rules']} rules",
        "keys": f"{found['keys']}; twice and three times as much after one and two rotations",
        "dashboard": f"{found['dashboards']}",
        "secrets": f"{found['secrets']}",
        "rounds by the clock": f"{found['rounds_a_month']:,}",
    }
    made = bill.empty(found, own_metrics(), at)
    rows = [(name, what[name], usd(cost, 2)) for name, cost in made.most_common()]
    return table(("what", "how much", "a month"), [*rows, ("together", "", usd(sum(made.values()), 2))])


def workouts() -> str:
    rows = [(name, *(amount(acts_of()[act].get(key, 0)) for act in WORKOUTS)) for key, name in COUNTED.items()]
    bills = {act: bill.act(acts_of()[act], bill.prices()) for act in WORKOUTS}
    lines = sorted({line for one in bills.values() for line in one}, key=lambda line: (-bills["live"][line], line))
    priced = [(f"${line}"[1:], *(per_million(bills[act][line]) for act in WORKOUTS)) for line in lines]
    total = ("together", *(per_million(sum(bills[act].values())) for act in WORKOUTS))
    return "\n\n".join(
        [
            table(("counted", *WORKOUTS.values()), rows),
            table(("dollars for a million of them", *WORKOUTS.values()), [*priced, total]),
        ]
    )


def acts() -> str:
    at = bill.prices()
    rows = []
    for name, times in bill.MONTH["acts"].items():
        each = sum(bill.act(acts_of()[name], at).values())
        rows.append((ACTS[name], f"{times:g}", per_million(each), usd(each * times * bill.MONTH["athletes"])))
    return table(("act", "each, a month", "a million of them", f"{bill.MONTH['athletes']:,} athletes"), rows)


def month() -> str:
    athletes = bill.MONTH["athletes"]
    total = bill.month(acts_of(), bill.prices(), athletes)
    kept = bill.keeping(acts_of(), bill.prices(), athletes, FIRST_YEAR)
    rows = [*total.items(), *((f"{name}, what a year left", cost) for name, cost in kept.items())]
    ordered = sorted((row for row in rows if row[1] >= 1), key=lambda row: -row[1])
    return table(("line", "a month"), [(name, usd(cost)) for name, cost in ordered])


def mended() -> str:
    """As ratios: a message of before by one of now."""
    now, then = acts_of(), before()["acts"]
    at = bill.prices()
    live = sum(bill.act(now["live"], at).values()) / sum(bill.act(then["live"], at).values())
    own = sum(one.get("log_bytes", 0) for name, one in now.items() if name in then and name != "live")
    own_then = sum(one.get("log_bytes", 0) for name, one in then.items() if name in now and name != "live")
    lines = logged(now) / logged(then, of_all=True)
    rows = (
        ("a live workout: ten seconds between messages, five before", f"{live:.2f}"),
        ("bytes of our own lines, without the ARN, the memory and the line of `log`", f"{own / own_then:.2f}"),
        ("all lines of a month, also without START, END and REPORT of who is not waited for", f"{lines:.2f}"),
    )
    return table(("what", "now : before"), rows)


def logged(found: Mapping[str, Any], *, of_all: bool = False) -> float:
    return sum(times * bill.log_bytes(found[name], of_all=of_all) for name, times in bill.MONTH["acts"].items())


def acts_of() -> dict[str, Any]:
    found: dict[str, Any] = counts()["acts"]
    return found


def own_metrics() -> int:
    return len({name for act in acts_of().values() for name in act.get("metrics", ())})


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(_lines(tuple(head), rows))


def _lines(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def usd(value: float, digits: int = 0) -> str:
    return f"${value:,.{digits}f}"


def per_million(value: float) -> str:
    return f"{value * 1e6:,.0f}"


def amount(value: float) -> str:
    return "–" if not value else f"{value:,.0f}" if value >= 100 else f"{value:,.4g}"
