"""Fifty checkouts at once on a real table of the emulator, over HTTP, where requests do overlap."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest

from local.aws import Aws
from stadion import dynamo, settings
from tests.kit.services import create_table, service_environment

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
RACERS = 50


@pytest.fixture
def table(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    service_environment(monkeypatch)
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    name = f"stadion-promos-{uuid4()}"
    monkeypatch.setenv("STADION_SERVICE", "promos")
    monkeypatch.setenv("STADION_TABLE", name)
    settings.forget()
    dynamo.forget_connections()
    create_table(name)
    yield
    dynamo.forget_connections()


def launch(**limits: Any) -> None:
    from promos.offers import promo_service
    from promos.offers.domain import PromoAction
    from promos.offers.schemas import NewPromo
    from promos.offers.store import get

    words = {"en": "x", "ru": "x"}
    new = NewPromo.model_validate(
        {
            "promo_id": "race",
            "name": "Race",
            "title": words,
            "text": words,
            "discount": {"kind": "percent", "percent": 20},
            "currency": "RUB",
            "starts_at": (NOW - timedelta(days=1)).isoformat(),
            "ends_at": (NOW + timedelta(days=900)).isoformat(),
            "link": "https://store.example",
            "codes": {"shared": "RACE"},
            "limits": limits,
        }
    )
    promo_service.create(new.draft(NOW), key=None, answer=lambda _: {}, now=NOW)
    promo_service.switch(get("race"), PromoAction.ACTIVATE, NOW)


def race() -> tuple[list[str], float]:
    """What each of fifty athletes came to, and in how many seconds all of them."""
    from promos.athletes.store import ATHLETES
    from promos.checkout import service as redemption_service
    from promos.checkout.domain import Cart
    from promos.facts import Athlete
    from stadion.change import Change
    from stadion.errors import StadionError

    start, athletes = Barrier(RACERS), [str(uuid4()) for _ in range(RACERS)]
    for user_id in athletes:
        with Change(user_id, NOW) as change:
            change.put(ATHLETES.at(user_id), Athlete())

    def one(number: int) -> str:
        cart = Cart("store", f"o-{number}", athletes[number], 10_000, "RUB")
        start.wait()
        try:
            return str(redemption_service.redeem("RACE", cart, NOW).state.value)
        except StadionError as error:
            return error.code

    with ThreadPoolExecutor(RACERS) as pool:
        began = perf_counter()
        return list(pool.map(one, range(RACERS))), perf_counter() - began


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("redemptions", [70], ids=["eight shards"])
def test_fifty_checkouts_at_once_never_pass_the_budget(redemptions: int) -> None:
    from promos.offers import store

    launch(redemptions=redemptions, discount_minor=17 * 2_000 + 500, per_user=1)
    found, seconds = race()
    print(f"\n  {RACERS} redemptions at once, limit {redemptions}: {seconds:.2f} s")
    assert (found.count("redeemed"), found.count("limit_reached")) == (17, RACERS - 17)
    stock = store.stock("race")
    assert (stock.uses_left, stock.minor_left) == (redemptions - 17, 500)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("redemptions", [60], ids=["one shard"])
def test_fifty_checkouts_at_once_all_find_what_there_is(redemptions: int) -> None:
    launch(redemptions=redemptions, per_user=1)
    found, seconds = race()
    print(f"\n  {RACERS} redemptions at once, limit {redemptions}: {seconds:.2f} s")
    assert found == ["redeemed"] * RACERS
