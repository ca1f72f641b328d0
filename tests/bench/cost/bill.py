"""Counts by prices. Each line of a bill is a service, in dollars."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
PRICES: Final = tomllib.loads((HERE.parent / "prices.toml").read_text(encoding="utf-8"))
MONTH: Final = tomllib.loads((HERE / "month.toml").read_text(encoding="utf-8"))
SECONDS: Final = 30 * 86_400
GIB: Final = 2**30
POLLERS, POLLS_A_MINUTE = 5, 3
"""Of each mapping of a queue: Lambda asks so while nothing comes."""
ROUND_GB_S: Final = 0.05
"""A tenth of a second of 512 MB."""
PLATFORM_LINES: Final = 360
"""Bytes of START, END and REPORT with what CloudWatch adds."""
TIMESTREAM: Final = {"written_hour": 0.2215e-3, "kept_hour": 0.3593e-3, "question": 0.0172667, "rollup_hour": 0.0039e-3}
"""By `python -m tests.bench.bench_timeseries`: a workout-hour of six metrics written, kept for the first month in
memory, a year's trend asked; and the rollups that are not written then."""

Bill = Counter[str]
Counts = Mapping[str, Any]


def prices(region: str = "us-east-1") -> dict[str, dict[str, float]]:
    chosen = {name: dict(one) for name, one in PRICES.items() if isinstance(one, dict) and name != "eu_central_1"}
    if region == "eu-central-1":
        for path, price in PRICES["eu_central_1"].items():
            section, name = path.split(".")
            chosen[section][name] = price
    return chosen


def act(counts: Counts, at: Mapping[str, Mapping[str, float]]) -> Bill:
    """Of one act."""
    of = lambda name: counts.get(name, 0)  # noqa: E731
    bill: Bill = Counter()
    bill["API Gateway"] = of("http") * at["http_api"]["million_requests"] / 1e6
    bill["API Gateway"] += of("socket_messages") * at["websocket_api"]["million_messages"] / 1e6
    bill["Edge"] = of("http") * (at["edge"]["million_requests"] + at["edge"]["firewall_million_requests"]) / 1e6
    bill["Edge"] += of("out_bytes") / GIB * at["edge"]["gb_out"]
    bill["Lambda"] = of("invocations") * at["lambda"]["million_requests"] / 1e6 + of("gb_s") * at["lambda"]["gb_second"]
    bill["DynamoDB"] = of("reads") * at["dynamodb"]["million_read_units"] / 1e6
    bill["DynamoDB"] += (of("writes") + of("index_writes")) * at["dynamodb"]["million_write_units"] / 1e6
    bill["EventBridge"] = of("events") * at["events"]["million_published"] / 1e6
    bill["SQS"] = of("sqs") * at["sqs"]["million_requests"] / 1e6
    bill["S3"] = of("s3_puts") * at["s3"]["thousand_puts"] / 1e3 + of("s3_gets") * at["s3"]["thousand_gets"] / 1e3
    bill["Logs"] = log_bytes(counts) / GIB * at["logs"]["gb_ingested"]
    bill["Messages"] = (
        of("mails") * at["mail"]["thousand_mails"] / 1e3 + of("pushes") * at["push"]["million_pushes"] / 1e6
    )
    bill["Workflows"] = of("schedules") * at["workflows"]["million_schedules"] / 1e6
    return bill


def log_bytes(counts: Counts, *, of_all: bool = False) -> float:
    """Own lines, metrics, and the platform's, which prod has of functions that people wait for."""
    platform = counts.get("invocations" if of_all else "waited_for", 0) * PLATFORM_LINES
    return float(counts.get("log_bytes", 0) + counts.get("metric_bytes", 0) + platform)


def added(bills: Iterator[Bill]) -> Bill:
    total: Bill = Counter()
    for one in bills:
        total.update(one)
    return total


def month_of_acts(counts: Mapping[str, Counts], at: Mapping[str, Mapping[str, float]]) -> Bill:
    """Of one athlete."""
    total: Bill = Counter()
    for name, times in MONTH["acts"].items():
        for line, usd in act(counts[name], at).items():
            total[line] += times * usd
    live = MONTH["live"]
    total["API Gateway"] += (
        MONTH["acts"]["live"] * live["minutes"] * (1 + live["watchers"]) * at["websocket_api"]["million_minutes"] / 1e6
    )
    total["Messages"] += MONTH["messages"]["mails"] * at["mail"]["thousand_mails"] / 1e3
    total["Messages"] += MONTH["messages"]["pushes"] * at["push"]["million_pushes"] / 1e6
    return total


def kept_gb(counts: Mapping[str, Counts], athletes: int) -> tuple[float, float]:
    """What a month of all adds to the tables and to the buckets."""
    acts = MONTH["acts"].items()
    tables = sum(times * counts[name].get("kept_bytes", 0) for name, times in acts)
    buckets = sum(times * counts[name].get("s3_bytes", 0) for name, times in acts)
    return tables * athletes / GIB, buckets * athletes / GIB


def keeping(counts: Mapping[str, Counts], at: Mapping[str, Mapping[str, float]], athletes: int, months: int) -> Bill:
    """In the month after so many, what they have left costs."""
    tables, buckets = kept_gb(counts, athletes)
    bill: Bill = Counter()
    bill["DynamoDB"] = months * tables * (at["dynamodb"]["gb_month"] + at["backup"]["point_in_time_gb_month"])
    bill["S3"] = months * buckets * at["s3"]["gb_month"]
    return bill


def users(athletes: int, at: Mapping[str, Mapping[str, float]], plan: str = "essentials") -> float:
    return max(0, athletes - at["cognito"]["free_users"]) * at["cognito"][f"{plan}_user"]


def month(counts: Mapping[str, Counts], at: Mapping[str, Mapping[str, float]], athletes: int) -> Bill:
    """Of all, without what a month costs by itself."""
    bill: Bill = Counter({line: usd * athletes for line, usd in month_of_acts(counts, at).items()})
    bill["Cognito"] = users(athletes, at)
    return bill


def timestream(athletes: int) -> float:
    """What it adds to the month of all: written, kept in memory for a month, asked."""
    hours, questions = MONTH["recordings"]["hours_a_month"], MONTH["recordings"]["questions_a_month"]
    each = hours * (TIMESTREAM["written_hour"] + TIMESTREAM["kept_hour"] - TIMESTREAM["rollup_hour"])
    return athletes * (each + questions * TIMESTREAM["question"])


def empty(inventory: Mapping[str, float], metrics: int, at: Mapping[str, Mapping[str, float]]) -> Bill:
    """A month in which nobody comes. The own metrics cost once somebody does."""
    bill: Bill = Counter()
    bill["own metrics, once used"] = metrics * at["watching"]["metric_month"]
    bill["SnapStart's cache"] = inventory["snapshots_gb"] * SECONDS * at["snap_start"]["cached_gb_second"]
    bill["alarms"] = inventory["alarms"] * at["watching"]["alarm_month"]
    bill["polling of idle queues"] = (
        inventory["queue_mappings"] * POLLERS * POLLS_A_MINUTE * SECONDS / 60 * at["sqs"]["million_requests"] / 1e6
    )
    bill["firewall"] = inventory["firewalls"] * at["edge"]["firewall_month"]
    bill["firewall"] += inventory["firewall_rules"] * at["edge"]["rule_month"]
    bill["keys"] = inventory["keys"] * at["kms"]["key_month"]
    bill["dashboard"] = inventory["dashboards"] * at["watching"]["dashboard_month"]
    bill["secrets"] = inventory["secrets"] * at["secrets"]["secret_month"]
    round_usd = at["workflows"]["million_schedules"] / 1e6 + at["lambda"]["million_requests"] / 1e6
    bill["rounds by the clock"] = inventory["rounds_a_month"] * (round_usd + ROUND_GB_S * at["lambda"]["gb_second"])
    return bill
