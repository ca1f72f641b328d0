"""Fifty at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.kit.services import ATHLETE, Service
from tests.promos.world import NOW, budget, issue, launch, order, welcome

pytestmark = pytest.mark.usefixtures("moment")


@pytest.fixture
def one_at_a_time(promos: Service) -> None:
    """moto answers one request at a time; between requests the threads race."""
    lock, straight = threading.Lock(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        with lock:
            return straight(client, operation, arguments)

    promos.monkeypatch.setattr(BaseClient, "_make_api_call", called)


RACERS = 50


def race(do: Callable[[int], Any]) -> list[Any]:
    """All at once; what each came to: its result, or the code of what refused it."""
    from stadion.errors import StadionError

    start = threading.Barrier(RACERS)

    def one(number: int) -> Any:
        start.wait()
        try:
            return do(number)
        except StadionError as error:
            return error.code

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(one, range(RACERS)))


@pytest.mark.usefixtures("one_at_a_time")
def test_fifty_orders_that_race_for_one_code_use_it_once(promos: Service) -> None:
    from promos.checkout import service as redemption_service
    from promos.checkout.domain import Cart

    launch(promos)
    welcome(promos)
    code = issue(promos)["code"]
    promos.enter()
    found = race(
        lambda n: redemption_service.redeem(code, Cart("store", **order(f"o-{n}", user_id=None)), NOW).state.value
    )
    assert sorted(found) == ["code_already_used"] * (RACERS - 1) + ["redeemed"]
    assert len(promos.published("PromoRedeemed")) == 1
    assert budget(promos)["redemptions_used"] == 1


@pytest.mark.usefixtures("one_at_a_time")
def test_fifty_orders_of_one_athlete_stay_within_their_limit(promos: Service) -> None:
    from promos.checkout import service as redemption_service
    from promos.checkout.domain import Cart

    launch(promos, codes={"shared": "ALL"}, limits={"per_user": 3})
    welcome(promos)
    promos.enter()
    found = race(
        lambda n: redemption_service.reserve("ALL", Cart("store", **order(f"o-{n}", user_id=ATHLETE)), NOW).state.value
    )
    assert (found.count("reserved"), found.count("limit_reached")) == (3, RACERS - 3)


@pytest.mark.usefixtures("one_at_a_time")
def test_fifty_issues_of_one_run_make_one_offer(promos: Service) -> None:
    from promos.offers import service as offer_service
    from promos.offers.domain import Issue
    from stadion.i18n import Language

    launch(promos)
    welcome(promos)
    promos.enter()
    new = Issue(user_id=ATHLETE, run_id="r-1")
    found = race(lambda _: offer_service.issue("winter-shoes", new, language=Language.EN, now=NOW)[0].offer_id)
    assert len(set(found)) == 1
    assert len(promos.bodies("code")) == 1
