"""A withdrawal is heard by whoever uses, keeps or sends by a consent, after one delivery of its event: each service
says in `tests/<service>/withdrawals.py` what it does with a consent, and one that should and does not fails here."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from infra_cdk.parts.entry_points import entry_points
from stadion.consents import COVERED
from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.events.consumer import Consumer
from stadion.records import Records
from tests.kit.consents import consent, withdrawn
from tests.kit.functions import FUNCTIONS
from tests.kit.services import Service, sqs_event
from tests.kit.withdrawals import Withdrawal, declared

SERVICES = sorted(path.name for path in FUNCTIONS.iterdir() if path.is_dir() and path.name.isidentifier())
KEPT = (ConsentKind.HEALTH_DATA, ConsentKind.LOCATION)
"""Kinds of data that one sees by their names."""
CASES = [(service, one) for service in SERVICES for one in declared(service).withdrawals]


@pytest.mark.parametrize(("service", "case"), CASES, ids=str)
def test_what_is_withdrawn_is_used_no_more_after_one_delivery(
    request: pytest.FixtureRequest, service: str, case: Withdrawal
) -> None:
    tried: Service = request.getfixturevalue(service)
    say(tried, case, granted=True)
    case.prepared(tried)
    assert case.is_done(tried), f"{service} {case.what} while {case.kind.value} is granted"

    say(tried, case, granted=False)

    assert not case.is_done(tried), f"{service} {case.what} though {case.kind.value} is withdrawn"


def say(service: Service, case: Withdrawal, *, granted: bool) -> None:
    if case.consumer is None:
        body = {"granted": granted, "text_version": "2026-10"}
        assert service.call("PUT", f"/v1/me/consents/{case.kind.value}", body).status == 200
        return
    told = consent(case.kind) if granted else withdrawn(case.kind)
    assert service.invoke(case.consumer, sqs_event(told)) == {"batchItemFailures": []}


# --- nobody is left out ---------------------------------------------------------------------------------------------


def consumers() -> Iterator[tuple[str, str]]:
    """Service and place of each function that hears of consents."""
    for point in entry_points(FUNCTIONS):
        handler = getattr(import_module(point.imported), point.attribute)
        if isinstance(handler, Consumer) and ConsentChanged in handler.events:
            yield point.service, point.path


@pytest.mark.parametrize(("service", "consumer"), sorted(consumers()))
def test_each_consumer_of_consents_says_what_ends_with_them(service: str, consumer: str) -> None:
    said = {one.consumer for one in declared(service).withdrawals}
    assert any(consumer.removesuffix(".py").endswith(f"/{one}") for one in said if one), (
        f"say it in tests/{service}/withdrawals.py"
    )


def test_each_kind_of_consent_guards_something() -> None:
    assert {case.kind for _, case in CASES} == set(ConsentKind)


@pytest.mark.parametrize("service", SERVICES)
def test_who_keeps_what_a_consent_covers_says_what_ends_with_it(service: str) -> None:
    said = declared(service).kinds
    for kind in KEPT:
        found = [f"{record}.{name}" for record, name in kept_by(service) if COVERED.get(name) is kind]
        assert kind in said or not found, f"{service} keeps {found}: say it in tests/{service}/withdrawals.py"


def kept_by(service: str) -> Iterator[tuple[str, str]]:
    """The fields of all that the service stores."""
    for path in sorted((FUNCTIONS / service).glob("**/*store.py")):
        module = import_module(".".join(path.relative_to(FUNCTIONS).with_suffix("").parts))
        for records in vars(module).values():
            if isinstance(records, Records):
                model: Any = records.model
                yield from ((model.__name__, name) for name in fields_in(model, set()))


def fields_in(model: Any, seen: set[Any]) -> Iterator[str]:
    if model in seen:
        return
    seen.add(model)
    for part in get_args(model):
        yield from fields_in(part, seen)
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            yield name
            yield from fields_in(field.annotation, seen)
