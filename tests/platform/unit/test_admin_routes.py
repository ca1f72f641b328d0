"""Who may call a route of `/v1/admin` is decided in one place, before anything that was sent is looked at."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import Route

from local.contracts.services import PARTNERS, Operation, api_of, operations, points_of, services
from stadion.http import AdminRoutes, lambda_handler
from tests.kit.services import ATHLETE, Context, answer_of, http_event, service_environment

ADMINS = "/v1/admin/"


def routes(api: str) -> Iterator[Route]:
    """Shown in a document or not."""
    for service in services(api):
        for point in points_of(api, service):
            found = api_of(service, point)
            yield from [*found._static_routes, *found._dynamic_routes]


def checks(route: Route) -> list[str]:
    """What stands before a route's function, in order."""
    return [getattr(one, "__name__", type(one).__name__) for one in route.middlewares]


def is_signed(route: Route) -> bool:
    return any(isinstance(getattr(one, "__self__", None), AdminRoutes) for one in route.middlewares)


def signed_operations() -> Iterator[Any]:
    for service in services():
        for operation in operations(service):
            if operation.path.startswith(ADMINS):
                yield pytest.param(operation, id=operation.id)


@pytest.mark.parametrize("entry_point", ["api", PARTNERS])
def test_admins_routes_and_no_others_are_signed(entry_point: str) -> None:
    found = list(routes(entry_point))

    assert len(found) > 3
    assert [route.path for route in found if is_signed(route) != route.path.startswith(ADMINS)] == []


def test_the_signature_is_the_first_thing_that_is_checked() -> None:
    signed = [route for route in routes("api") if is_signed(route)]

    assert len(signed) > 40
    assert {checks(route)[0] for route in signed} == {"_check_signature"}


def test_a_function_that_answers_whoever_comes_has_no_route_of_admins() -> None:
    found = [operation for service in services() for operation in operations(service)]

    assert {one.entry_point for one in found} == {"api", "admin_api"}
    assert [one.id for one in found if (one.entry_point == "admin_api") != one.path.startswith(ADMINS)] == []


@pytest.mark.parametrize("user", [None, ATHLETE], ids=["nobody", "an athlete"])
@pytest.mark.parametrize("operation", list(signed_operations()))
def test_whoever_did_not_sign_is_refused_whatever_they_sent(
    operation: Operation, user: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no table here: that nothing is asked of one is part of it."""
    service_environment(monkeypatch)
    path = re.sub(r"{\w+}", "No such Name!", operation.path)
    event = http_event(operation.method.upper(), path, "no JSON", user=user, query={"limit": "many"})

    answer = answer_of(lambda_handler(api_of(operation.service, operation.entry_point))(event, Context()))  # type: ignore[arg-type]

    assert (answer.status, answer.body["code"]) == (403, "signed_request_required")
