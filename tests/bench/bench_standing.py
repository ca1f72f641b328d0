"""What it costs to know, at every request, whether its session is over: three designs side by side (ADR 33).

It was chosen before the look counted (ADR 36, `bench_brakes`), which makes a write unit of its read unit.

Requests are counted in the API's own handler on moto; the rest is arithmetic with `prices.toml`.

Run from the repository's root: python -m tests.bench.bench_standing
"""

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from os import devnull
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

import os  # noqa: E402

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stadion")  # read when the layer is imported

import pytest  # noqa: E402
from moto import mock_aws  # noqa: E402

from infra_cdk.parts.entry_points import entry_points  # noqa: E402
from local.paths import ROOT as REPOSITORY  # noqa: E402
from tests.kit.counting import counted  # noqa: E402
from tests.kit.services import Service, service_environment  # noqa: E402

PATH: Final = "/v1/gamification/levels"
"""Which needs no request of its own."""
A_WINDOW: Final = 300.0
"""Seconds for which an authorizer's answer is kept: what a session that is over may still do."""
REQUESTS_A_WINDOW: Final = 12
"""Of one athlete who has the app open: a screen of three requests each 75 s."""
AUTHORIZER_S: Final = 0.008
AUTHORIZER_GB: Final = 0.25
ENDINGS: Final = 20_000
"""Sessions that end, a million requests (one in fifty athletes' days of requests): generous."""


@dataclass(frozen=True)
class Design:
    name: str
    requests: float
    """To DynamoDB, of each request of the app."""
    dollars: float
    """Of a million requests of the app."""
    heard: str
    """When a session that is over is."""
    counts: str
    """Whether one place can count what an athlete asks for."""


def designs(looks: float) -> list[Design]:
    prices = tomllib.loads((Path(__file__).parent / "prices.toml").read_text())
    reads, writes = prices["dynamodb"]["million_read_units"], prices["dynamodb"]["million_write_units"]
    share = ENDINGS / 1e6
    services = len({point.service for point in entry_points(REPOSITORY / "functions") if point.what == "api"}) - 1
    authorizer = (
        prices["lambda"]["million_requests"] + 1e6 * AUTHORIZER_S * AUTHORIZER_GB * prices["lambda"]["gb_second"]
    )
    delivery = 3 * prices["sqs"]["million_requests"] + prices["lambda"]["million_requests"] + 2 * writes
    return [
        Design("one item", looks, looks * reads + share * 2 * writes, "at once", "yes"),
        Design(
            "caching authorizer",
            1 / REQUESTS_A_WINDOW,
            (authorizer + reads) / REQUESTS_A_WINDOW + share * 2 * writes,
            f"within {A_WINDOW:.0f} s",
            "no",
        ),
        Design(
            f"copies in {services} services",
            looks,
            looks * reads + share * (prices["events"]["million_published"] + services * delivery),
            "after the event, a second or more",
            "no",
        ),
    ]


@contextmanager
def service_on_moto() -> Iterator[Service]:
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(),
        Path(devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        service_environment(patch)
        yield Service.create("gamification", patch)


def report() -> str:
    with service_on_moto() as service, counted() as operations:
        service.call("GET", PATH, accept_language="en")
    lines = [f"{'':<22}{'requests':>10}{'$ a million':>13}  {'an end is heard':<36}can count"]
    lines += [
        f"{one.name:<22}{one.requests:>10.2f}{one.dollars:>13.3f}  {one.heard:<36}{one.counts}"
        for one in designs(len(operations))
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
