"""The OpenAPI document is whole, says what the gateway does, and keeps nothing of its generator."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta
from schemathesis.specs.openapi.definitions import OPENAPI_31

from local.contracts import openapi
from local.contracts.services import PARTNERS, Operation, services
from local.contracts.services import operations as routes_of
from local.paths import ROOT
from stadion.i18n import Language
from tests.kit.templates import Synthesised

METHODS = {"get", "post", "put", "patch", "delete"}
DOCUMENT: dict[str, Any] = json.loads((ROOT / "contracts" / "openapi.json").read_text(encoding="utf-8"))
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method in sorted(METHODS & item.keys()):
            yield method, path, item[method]


def resolved(reference: dict[str, Any]) -> Any:
    found: Any = reference
    while "$ref" in found:
        target: Any = DOCUMENT
        for step in found["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        found = target
    return found


def parameters(path: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [resolved(p) for p in [*DOCUMENT["paths"][path].get("parameters", []), *operation.get("parameters", [])]]


def every_route() -> Iterator[Operation]:
    for entry_point in ("api", PARTNERS):
        for service in services(entry_point):
            yield from routes_of(service, entry_point)


every_operation = pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*found, id=found[2]["operationId"]) for found in operations()],
)


def test_it_is_a_valid_openapi_document() -> None:
    assert [error.message for error in Draft202012Validator(OPENAPI_31).iter_errors(DOCUMENT)] == []
    for schema in DOCUMENT["components"]["schemas"].values():
        meta.validate(schema)


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    text = json.dumps(DOCUMENT)
    references = set(re.findall(r'"#/components/([^"]+)"', text))
    for reference in references:
        resolved({"$ref": f"#/components/{reference}"})
    shared = {f"{kind}/{name}" for kind, named in DOCUMENT["components"].items() for name in named}
    assert {name for name in shared if not name.startswith("securitySchemes/")} - references == set()


def test_nothing_of_the_generator_is_left() -> None:
    text = json.dumps(DOCUMENT)
    for word in (
        "Powertools",
        "HTTPValidationError",
        "ResponseValidationError",
        "Validation Error",
        "__",
        "ListResponse",
    ):
        assert word not in text, word


def test_limits_have_the_names_of_json_schema() -> None:
    schema = DOCUMENT["components"]["schemas"]["NewWorkout"]["properties"]["rpe"]
    assert (schema["anyOf"][0]["minimum"], schema["anyOf"][0]["maximum"]) == (1, 10)
    assert not re.search(r'"(ge|le|gt|lt)": -?[0-9]', json.dumps(DOCUMENT))


def test_operation_ids_are_camel_case_and_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", name) for name in ids)


def test_every_tag_is_explained() -> None:
    used = {tag for _, _, operation in operations() for tag in operation["tags"]}
    assert {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]} == used


@every_operation
def test_an_operation_says_what_it_does(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    named = {p["name"] for p in parameters(path, operation) if p["in"] == "path"}
    assert named == set(PLACEHOLDER.findall(path))
    assert all(p.get("description") for p in parameters(path, operation)), "a parameter without words"


@every_operation
def test_failures_are_problems(method: str, path: str, operation: dict[str, Any]) -> None:
    for status, reference in operation["responses"].items():
        content = resolved(reference).get("content", {})
        if int(status) >= 400:
            assert "application/problem+json" in content or status == "403", status
        elif status not in {"204", "304"}:
            assert list(content) == ["application/json"] or all(
                kind["schema"]["type"] == "string" for kind in content.values()
            )
    assert {"429", "500"} <= operation["responses"].keys()
    if "requestBody" in operation:
        assert {"400", "415", "422"} <= operation["responses"].keys()


@every_operation
def test_a_body_is_required_unless_it_may_be_null(method: str, path: str, operation: dict[str, Any]) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        may_be_null = {"type": "null"} in media["schema"].get("anyOf", [])
        assert operation["requestBody"]["required"] is not may_be_null


@every_operation
def test_a_versioned_thing_is_edited_with_its_etag(method: str, path: str, operation: dict[str, Any]) -> None:
    names = {p["name"]: p for p in parameters(path, operation)}
    assert ("If-Match" in names) == ("412" in operation["responses"] and "428" in operation["responses"])
    assert ("If-None-Match" in names) == ("304" in operation["responses"])
    if "If-Match" in names:
        assert names["If-Match"]["required"]
    if method == "patch":
        assert "If-Match" in names
        assert "application/merge-patch+json" in operation["requestBody"]["content"]


@every_operation
def test_an_operation_that_reads_the_key_of_a_request_documents_it_and_no_other(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    """Whoever reads the key refuses one that is no key, by whatever way it came to read it."""
    names = {p["name"] for p in parameters(path, operation)}
    answers = {status: resolved(answer) for status, answer in operation["responses"].items()}
    replays = [status for status, answer in answers.items() if "Idempotency-Replayed" in answer.get("headers", {})]

    reads = "idempotency_key_is_invalid" in json.dumps(answers)
    assert ("Idempotency-Key" in names) == reads
    assert bool(replays) == reads


def test_recording_a_workout_is_documented_to_the_last_code() -> None:
    operation = DOCUMENT["paths"]["/v1/workouts"]["post"]
    assert {"Idempotency-Key", "Accept-Language", "X-Correlation-Id"} <= {
        p["name"] for p in parameters("/v1/workouts", operation)
    }
    codes = set(operation["responses"]["409"]["content"]["application/problem+json"]["examples"])
    assert codes >= {"workout_is_a_duplicate", "workout_id_taken", "workout_was_deleted"}
    assert operation["responses"].keys() >= {"200", "201", "400", "401", "409", "415", "422"}
    assert {"ETag", "Location", "Idempotency-Replayed"} <= operation["responses"]["201"]["headers"].keys()


def test_every_error_that_a_route_declares_is_documented_there() -> None:
    """Also 429: a limit of the route's own is not the one that everybody has."""
    for route in every_route():
        told = json.dumps(openapi._failures(route))
        assert not [error.code for error in route.contract.errors if f"examples/{error.code}" not in told], route.id


def test_an_export_is_documented_with_the_content_types_that_it_has() -> None:
    from telemetry.exports.domain import CONTENT_TYPES

    documented = DOCUMENT["paths"]["/v1/workouts/{workout_id}/export"]["get"]["responses"]["200"]["content"]
    assert documented.keys() == {kind.partition(";")[0] for kind in CONTENT_TYPES.values()}


def test_a_list_answers_items_and_a_cursor() -> None:
    lists = [s for name, s in DOCUMENT["components"]["schemas"].items() if name.endswith("List")]
    assert lists
    for schema in lists:
        assert {"items", "next_cursor"} <= set(schema["required"]) <= {"items", "next_cursor", "prev_cursor", "total"}


def test_examples_of_problems_are_problems() -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": DOCUMENT["components"]}
    for example in DOCUMENT["components"]["examples"].values():
        assert list(Draft202012Validator(schema).iter_errors(example["value"])) == []


@every_operation
def test_the_example_of_a_request_is_one_that_is_accepted(method: str, path: str, operation: dict[str, Any]) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = {"allOf": [media["schema"]], "components": DOCUMENT["components"]}
        assert "example" not in media or list(Draft202012Validator(schema).iter_errors(media["example"])) == []


def test_the_server_is_where_the_document_comes_from() -> None:
    assert [server["url"] for server in DOCUMENT["servers"]] == [".."]


# --- the gateway -----------------------------------------------------------------------------------------------------


def routed(local: Synthesised) -> dict[tuple[str, str], str]:
    """(method, path) -> authorization of API Gateway's routes."""
    keys = {route["RouteKey"]: route["AuthorizationType"] for _, route in local.of_type("AWS::ApiGatewayV2::Route")}
    return {tuple(key.split(" ")): auth for key, auth in keys.items() if not key.startswith("$")}


def best_route(routes: dict[tuple[str, str], str], method: str, path: str) -> str | None:
    """API Gateway's choice: a full match, else the longest greedy one."""
    if (method, path) in routes:
        return routes[method, path]
    greedy = [(p.removesuffix("{proxy+}"), auth) for (m, p), auth in routes.items() if m == method and "{proxy+}" in p]
    fitting = sorted((len(prefix), auth) for prefix, auth in greedy if path.startswith(prefix) and path != prefix)
    return fitting[-1][1] if fitting else None


@every_operation
def test_an_operation_is_routed_with_the_authorization_that_is_documented(
    method: str, path: str, operation: dict[str, Any], local: Synthesised
) -> None:
    documented = operation.get("security", DOCUMENT["security"])
    expected = "NONE" if documented == [] else {"bearerAuth": "JWT", "sigV4": "AWS_IAM"}[next(iter(documented[0]))]
    assert best_route(routed(local), method.upper(), path) == expected


# --- errors ----------------------------------------------------------------------------------------------------------


def test_an_error_code_has_one_meaning() -> None:
    times = Counter(error.code for error in openapi.every_error())
    assert [code for code, count in times.items() if count > 1] == []


def test_an_error_speaks_every_language_with_the_same_values() -> None:
    for error in openapi.every_error():
        for text in (error.title, error.explanation):
            found = {language: sorted(PLACEHOLDER.findall(getattr(text, language.value))) for language in Language}
            assert all(getattr(text, language.value).strip() for language in Language), error.code
            assert len({tuple(values) for values in found.values()}) == 1, f"{error.code}: {found}"


def test_an_error_code_is_snake_case() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", error.code) for error in openapi.every_error())


def test_a_route_declares_errors_with_a_code_and_none_that_the_edge_says_to_everybody() -> None:
    by_the_edge = {"access_token_required", "api_key_required", "signed_request_required"}
    for operation in every_route():
        assert {error.code for error in operation.contract.errors} & by_the_edge == set(), operation.id


@pytest.mark.parametrize(
    "path",
    [
        "/v1/me/privacy-zones/{zone_id}",
        "/v1/notifications/devices/{push_device_id}",
        "/v1/admin/wear-offers/{gear_category}",
    ],
)
def test_a_part_of_a_path_that_has_a_pattern_may_be_refused(path: str) -> None:
    assert "422" in DOCUMENT["paths"][path]["delete"]["responses"]
