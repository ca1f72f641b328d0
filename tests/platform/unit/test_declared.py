"""The clients of tests refuse what a route does not declare, and a run knows what no test saw."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inventory.errors import GearIdTakenError
from stadion.contract import Contract
from tests.kit import declared, seen_codes
from tests.kit.declared import UndeclaredError
from tests.kit.services import Service
from tests.run import PLAIN, Run

GEAR = "/v1/gear/0193a1c0"
SHOES = {"category": "running_shoes", "name": "Kiprun KD900"}


def answered(code: str, method: str = "GET", path: str = GEAR, service: str | None = "inventory") -> None:
    declared.check(method, path, 404, {}, {"code": code}, service=service)


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(seen_codes.FOLDER, str(tmp_path))
    seen_codes.note.cache_clear()
    yield tmp_path
    seen_codes.note.cache_clear()


def test_a_problem_that_the_route_declares_passes_and_is_noted_once(noted: Path) -> None:
    answered("gear_not_found")
    answered("gear_not_found")

    assert [path.read_text() for path in noted.iterdir()] == ["getGear gear_not_found\n"]


def test_a_problem_of_another_route_fails_and_says_where_to_declare_it(noted: Path) -> None:
    with pytest.raises(UndeclaredError, match=r"GET /v1/gear/\{gear_id\} .*'gear_id_taken'.* inventory\.api\.get_gear"):
        answered("gear_id_taken")

    assert list(noted.iterdir()) == []


@pytest.mark.parametrize("code", sorted(declared.BY_THE_EDGE))
def test_what_the_edge_says_to_everybody_needs_no_declaring(code: str) -> None:
    answered(code)


def test_a_route_without_parameters_goes_before_one_with_them() -> None:
    with pytest.raises(UndeclaredError, match="list_categories"):
        answered("gear_not_found", path="/v1/gear/categories")


def test_what_partners_are_told_is_declared_too() -> None:
    answered("code_not_found", path="/partner/v1/codes/RUN-1", service="promos")
    with pytest.raises(UndeclaredError, match="get_code"):
        answered("code_was_used", path="/partner/v1/codes/RUN-1", service="promos")


def test_a_header_that_the_route_does_not_declare_fails() -> None:
    declared.check("GET", GEAR, 200, {"ETag": '"1"', "Location": GEAR}, {}, service="inventory")
    with pytest.raises(UndeclaredError, match=r"with ETag.* `headers` of inventory\.api\.list_gear"):
        declared.check("GET", "/v1/gear", 200, {"ETag": '"1"'}, {}, service="inventory")


def test_an_undeclared_problem_fails_the_call_of_a_service(inventory: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "declared", lambda _: set())
    with pytest.raises(UndeclaredError, match="gear_not_found"):
        inventory.call("GET", GEAR)


def test_a_key_that_the_route_does_not_declare_fails_the_call_of_a_service(
    inventory: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory.call("POST", "/v1/gear", SHOES, idempotency_key="k")
    operation = declared.operation_of("POST", "/v1/gear", "inventory")
    assert operation is not None
    monkeypatch.setitem(vars(operation.function), "contract", Contract((GearIdTakenError,), ("ETag", "Location")))

    inventory.call("POST", "/v1/gear", SHOES)
    with pytest.raises(UndeclaredError, match=r"Idempotency-Key.* \*KEYED to `raises` of inventory\.api\.add_gear"):
        inventory.call("POST", "/v1/gear", SHOES, idempotency_key="k-2")


def test_a_watched_client_refuses_a_replay_of_a_route_that_takes_no_key() -> None:
    answer = httpx.Response(200, json={}, headers={declared.REPLAYED: "true"})
    client = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    declared.watch(client)

    client.post("http://127.0.0.1/v1/gear")
    with pytest.raises(UndeclaredError, match="Idempotency-Key"):
        client.get(f"http://127.0.0.1{GEAR}")


@pytest.mark.parametrize(
    ("address", "body", "content_type", "fails"),
    [
        (f"/_aws/execute-api/a1/live{GEAR}", {"code": "gear_id_taken"}, "application/problem+json", True),
        (f"/_aws/execute-api/a1/live{GEAR}", {"code": "gear_not_found"}, "application/problem+json", False),
        (f"/_aws/execute-api/a1/live{GEAR}", {"message": "Unauthorized"}, "application/json", False),
        ("/stadion-files/uploads/a", {"code": "gear_id_taken"}, "application/problem+json", False),
    ],
    ids=["undeclared", "declared", "the gateway's", "somebody else's"],
)
def test_a_watched_client_refuses_the_same_over_http(
    address: str, body: dict[str, Any], content_type: str, fails: bool
) -> None:
    answer = httpx.Response(404, json=body, headers={"content-type": content_type})
    client = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    declared.watch(client)
    declared.watch(client)  # once is enough

    if fails:
        with pytest.raises(UndeclaredError):
            client.get(f"http://127.0.0.1{address}")
    else:
        assert client.get(f"http://127.0.0.1{address}").json() == body


def test_what_no_test_saw_is_told_by_code_and_races_by_their_number(noted: Path) -> None:
    answered("gear_not_found")

    found = declared.unseen(seen_codes.seen(noted))

    assert "getGear" not in found["gear_not_found"]
    assert "deleteGear" in found["gear_not_found"]
    lines = list(declared.told(found))
    assert any(line.startswith("  gear_not_found: changeGear, deleteGear") for line in lines)
    assert any(line.startswith("  request_in_progress: ") and line.endswith(" operations") for line in lines)


@pytest.mark.parametrize(
    ("run", "whole"),
    [
        (Run(frozenset({*PLAIN, "e2e"})), True),
        (Run(frozenset(PLAIN)), False),
        (Run(frozenset({*PLAIN, "e2e"}), folders=("promos",)), False),
        (Run(frozenset({*PLAIN, "e2e"}), by_change=True), False),
    ],
    ids=["all", "no end to end", "a service", "a change"],
)
def test_only_a_whole_run_tells_what_no_test_saw(run: Run, whole: bool) -> None:
    assert run.is_whole is whole
