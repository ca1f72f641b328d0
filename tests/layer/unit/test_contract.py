"""What a route declares of its answers stays with it, however it is registered."""

import pytest

from local.contracts.services import Operation
from stadion.contract import EDIT, KEYED, Contract, NotModifiedError, contract_of, file_response
from stadion.errors import InvalidCursorError, RequestInProgressError
from stadion.http import AdminRoutes, Api, Routes
from stadion.partner_http import PartnerApi


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("kind", [Api, PartnerApi, Routes, AdminRoutes])
def test_a_route_keeps_what_it_declares(kind: type[Api] | type[Routes], method: str) -> None:
    router = kind()

    @getattr(router, method)("/v1/notes", raises=(InvalidCursorError,), headers=("ETag",), summary="Notes")
    def notes() -> dict[str, str]:
        return {}

    assert contract_of(notes) == Contract((InvalidCursorError,), ("ETag",))


def test_a_wings_route_keeps_it_in_the_services_api() -> None:
    api, router = Api(), AdminRoutes()

    @router.get("/v1/admin/notes/<note_id>", raises=(InvalidCursorError,))
    def note(note_id: str) -> dict[str, str]:
        return {"note_id": note_id}

    api.include_router(router)

    (route,) = api._dynamic_routes
    assert Operation("notes", route).contract.errors == (InvalidCursorError,)


def test_a_route_that_declares_nothing_raises_nothing() -> None:
    api = Api()

    @api.get("/v1/health")
    def health() -> dict[str, str]:
        return {}

    assert contract_of(health) == Contract()


def test_groups_share_errors_and_each_counts_once() -> None:
    errors = Contract((*EDIT, *KEYED, NotModifiedError)).errors

    assert errors.count(RequestInProgressError) == 1
    assert NotModifiedError not in errors


def test_a_files_content_types_have_no_parameters() -> None:
    assert file_response("text/csv; charset=utf-8", "text/html")[200]["content"].keys() == {"text/csv", "text/html"}
