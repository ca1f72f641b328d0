"""`docs/cost.md` says what counts, prices and templates say."""

import re
from datetime import date
from typing import Any

import pytest

from infra_cdk.environments import PROD
from tests.bench.cost import bill, page
from tests.bench.cost.acts import ACTS, size
from tests.bench.cost.inventory import Inventory
from tests.bench.cost.tally import tallied
from tests.kit.templates import Synthesised


def test_the_page_is_made_of_its_inputs() -> None:
    text = page.DOCUMENT.read_text(encoding="utf-8")

    assert page.written(text) == text, "run: python -m tests.bench.cost --again"


def test_what_a_month_costs_by_itself_is_about_what_the_templates_of_today_cost(prod: Synthesised) -> None:
    now = sum(bill.empty(Inventory.of(prod.templates).as_dict(), page.own_metrics(), bill.prices()).values())
    told = sum(bill.empty(page.counts()["inventory"], page.own_metrics(), bill.prices()).values())

    assert now == pytest.approx(told, rel=0.1), "run: make cost"


def test_the_largest_lines_that_the_page_explains_are_the_largest() -> None:
    text = page.DOCUMENT.read_text(encoding="utf-8")
    explained = re.findall(r"^\d\. \*\*(.+?)\*\*", text.partition("## The largest lines")[2], re.MULTILINE)
    lines = re.findall(r"^\| (.+?) \|", page.month(), re.MULTILINE)[2:]

    assert explained[:5] == lines[:5]


def test_each_act_of_the_month_was_counted() -> None:
    assert bill.MONTH["acts"].keys() == page.acts_of().keys() <= ACTS.keys()


def test_the_budget_of_prod_holds_a_tenth_of_those_athletes() -> None:
    tenth = sum(bill.month(page.acts_of(), bill.prices(), 10_000).values())

    assert tenth < PROD.month_usd


def test_prices_are_dated_and_no_older_than_a_year() -> None:
    assert date(2025, 12, 1) < bill.PRICES["date"] <= date(2026, 12, 31)
    for path in bill.PRICES["eu_central_1"]:
        section, name = path.split(".")
        assert name in bill.PRICES[section], path


def line(what: str, function: str = "stadion-workouts-api", **more: Any) -> dict[str, Any]:
    return {"what": what, "function": function, **more}


def test_lines_add_up_to_what_is_billed() -> None:
    http = {"ms": 100, "memory_mb": 512, "how": "http", "records": 0, "out_bytes": 10}
    queue = {"ms": 200, "memory_mb": 1024, "how": "sqs", "records": 3, "out_bytes": 0}
    found = tallied(
        [
            line("invocation", **http),
            line("invocation", "stadion-inventory-on-workout-events", **queue),
            line("invocation", "stadion-notifications-dispatch-send-due", **queue),
            line("log", own=100, metrics=50, names=["workouts:Latency"]),
            line("request", action="dynamodb:PutItem", writes=2, index_writes=1, reads=0),
            line("request", action="events:PutEvents", entries=2, bytes=65_537),
            line("request", action="execute-api:ManageConnections", entries=1, bytes=40_000),
            line("request", action="cognito-idp:AdminInitiateAuth", entries=1, bytes=1),
        ]
    )

    assert (found.http, found.invocations, found.waited_for, found.sqs) == (1, 2, 1, 5)
    assert found.gb_s == pytest.approx(0.25)
    assert (found.writes, found.index_writes, found.events, found.socket_messages) == (2, 1, 2, 2)
    assert found.others == {"cognito-idp:AdminInitiateAuth": 1}


def test_an_item_is_as_large_as_dynamodb_counts_it() -> None:
    assert size({"pk": {"S": "ab"}, "seen": {"B": b"\x00\x01\x02"}, "more": {"M": {"n": {"N": "12"}}}}) == 18
