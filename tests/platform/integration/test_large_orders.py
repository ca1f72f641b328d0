"""The most that a partner can tell of one order is kept by whoever hears of it: no item outgrows DynamoDB's 400 KB,
after which each delivery would fail and end in dead letters."""

from typing import Any

import pytest

from stadion.consents import ConsentKind
from tests.kit.consents import consent
from tests.kit.links import link
from tests.kit.services import Service, sqs_event
from tests.kit.store import completed, returned
from tests.partners.integration.test_partners import Store, make

LARGEST = 400 * 1024
SKUS = [f"{number:0>64}" for number in range(100)]
EACH = [{"sku": sku, "quantity": 1} for sku in SKUS]
BOUGHT = [{"sku": sku, "quantity": 100, "price_minor": 1, "wear_category": "running_shoes"} for sku in SKUS]


@pytest.fixture
def store(partners: Service) -> Store:
    link(partners)
    return make(partners)


def told(store: Store) -> list[dict[str, Any]]:
    """What is published of an order of a hundred lines, of which each comes back piece by piece."""
    said = completed(lines=BOUGHT, total_minor=10_000, discount_minor=0, code=None)
    assert store.tell(said).status == 200
    for version in range(2, 200):
        if store.tell(returned(version=version, lines=EACH)).status != 200:
            break
    return [*store.service.published("OrderCompleted"), *store.service.published("OrderReturned")]


def largest(service: Service) -> int:
    """In bytes, of names and values as DynamoDB counts them."""
    return max(sum(len(name) + len(str(value).encode()) for name, value in item.items()) for item in service.items())


def test_the_most_that_is_told_of_an_order_fits_its_items(store: Store, promos: Service, inventory: Service) -> None:
    events = told(store)

    assert len(events) > 5
    assert largest(store.service) < LARGEST / 2
    for service, account in ((promos, "on_account_events"), (inventory, "on_account_events")):
        agreed = consent(ConsentKind.PURCHASES)
        service.invoke(account, sqs_event(agreed))
        for event in events:
            assert service.invoke("on_order_events", sqs_event(event)) == {"batchItemFailures": []}
        assert largest(service) < LARGEST / 2
