"""A service says in its own folder what the documents say of it; its document is a part of the whole."""

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.contracts import openapi
from local.contracts import services as found
from local.contracts.files import CONTRACTS, SERVED
from local.contracts.models import ContractError, Models
from local.contracts.services import PARTNERS, WORDS, Operation, Words, operations, services
from stadion.contract import NotModifiedError
from stadion.errors import InvalidCursorError, NotFoundError, StadionError
from stadion.http import Api

WHOLE: dict[str, Any] = json.loads((CONTRACTS / "openapi.json").read_text(encoding="utf-8"))
SERVICES = sorted({*services(), *services(PARTNERS)})


def document_of(service: str) -> dict[str, Any]:
    path = CONTRACTS / "openapi" / f"{service.strip('_')}.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def routes_of(service: str) -> list[Operation]:
    points = [point for point in ("api", PARTNERS) if service in services(point)]
    return [operation for point in points for operation in operations(service, point)]


def test_the_whole_is_the_services_documents_one_after_the_other() -> None:
    parts = [document_of(service) for service in services()]

    assert [path for part in parts for path in part["paths"]] == list(WHOLE["paths"])
    assert {path: item for part in parts for path, item in part["paths"].items()} == WHOLE["paths"]
    schemas: dict[str, Any] = {}
    for part in parts:
        schemas |= part["components"]["schemas"]
    assert schemas == WHOLE["components"]["schemas"]


def test_the_page_shows_the_whole() -> None:
    assert SERVED.read_bytes() == (CONTRACTS / "openapi.json").read_bytes()


@pytest.mark.parametrize("service", services())
def test_a_services_document_stands_by_itself(service: str) -> None:
    document = document_of(service)
    assert openapi._without_what_is_unused(document) == document
    assert document["paths"]


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_says_words_that_nothing_uses(service: str) -> None:
    fields = [
        field
        for operation in routes_of(service)
        for field in [*operation.route.dependant.path_params, *operation.route.dependant.query_params]
    ]
    said = tomllib.loads((found.FUNCTIONS / service / WORDS).read_text(encoding="utf-8"))
    assert said.keys() <= {"order", "tags", "parameters"}
    assert said.get("parameters", {}).keys() <= {field.alias for field in fields}
    assert said.get("tags", {}).keys() <= {tag for operation in routes_of(service) for tag in operation.route.tags}


# --- a service that nobody has named anywhere ------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """What becomes of a service `notes` with such words, whose one route takes a `note_id`."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "api.py").touch()
    api = Api()

    @api.get("/v1/notes/<note_id>", summary="Show a note", tags=["Notes"])
    def get_note(note_id: str) -> dict[str, str]:
        return {"note_id": note_id}

    for module in (found, openapi):
        monkeypatch.setattr(module, "FUNCTIONS", tmp_path)
    monkeypatch.setattr(openapi, "ROOT", tmp_path.parent)
    for module in (found, openapi):
        monkeypatch.setattr(module, "api_of", lambda *_: api)

    def generated(words: str) -> dict[str, Any]:
        Words.of.cache_clear()
        (tmp_path / "notes" / WORDS).write_text(words)
        key = ("getNote", "response")
        return openapi.service_document("notes", Models({key: {"type": "object"}}, {}))

    yield generated
    Words.of.cache_clear()


def test_a_new_service_is_documented_from_its_folder_alone(house: Callable[..., dict[str, Any]]) -> None:
    made = house('[tags]\nNotes = "What was noted."\n[parameters]\nnote_id = "the note"\n')

    assert made["tags"] == [{"name": "Notes", "description": "What was noted."}]
    (parameter, *_) = made["paths"]["/v1/notes/{note_id}"]["get"]["parameters"]
    assert (parameter["name"], parameter["description"]) == ("note_id", "the note")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('[tags]\nNotes = "x"\n', r"the parameter note_id of getNote has no words: .*notes/contract\.toml"),
        ('[parameters]\nnote_id = "x"\n', r"the tag Notes has no words: .*notes/contract\.toml"),
    ],
    ids=["a parameter", "a tag"],
)
def test_what_has_no_words_is_told_with_the_place_for_them(
    house: Callable[..., dict[str, Any]], words: str, told: str
) -> None:
    with pytest.raises(ContractError, match=told):
        house(words)


def test_a_byte_order_mark_before_the_words_is_none_of_them(house: Callable[..., dict[str, Any]]) -> None:
    assert house('\ufeff[tags]\nNotes = "x"\n[parameters]\nnote_id = "x"\n')["tags"][0]["name"] == "Notes"


def test_a_tag_has_one_meaning(house: Callable[..., dict[str, Any]]) -> None:
    """A name of a tag stands once in a document."""
    one, other = (house(f'[tags]\nNotes = "{words}"\n[parameters]\nnote_id = "x"\n') for words in ("One.", "Two."))

    with pytest.raises(ContractError, match="two services explain the tag Notes"):
        openapi.merged([one, {**other, "paths": {}}])
    assert openapi.merged([one, {**one, "paths": {}}])["tags"] == one["tags"]


# --- what a route may not say ----------------------------------------------------------------------------------------


def declared(path: str, name: str, *raises: Any, method: str = "get") -> Operation:
    api = Api()

    def answer() -> None: ...

    answer.__name__ = name
    getattr(api, method)(path, raises=raises)(answer)
    return Operation("notes", [*api._static_routes, *api._dynamic_routes][-1])


def test_two_routes_that_one_request_fits_are_refused() -> None:
    one = declared("/v1/notes/<note_id>", "get_note")

    openapi.check_routes([one, declared("/v1/notes/<note_id>", "drop_note", method="delete")])
    for path in ("/v1/notes/<note_id>", "/v1/notes/<name>"):
        with pytest.raises(ContractError, match=r"getNote and showNote serve the same: GET /v1/notes/"):
            openapi.check_routes([one, declared(path, "show_note")])


@pytest.mark.parametrize("error", [NotFoundError, StadionError, ValueError])
def test_what_is_declared_has_a_code(error: type[Exception]) -> None:
    openapi.check_declarations([declared("/v1/notes", "list_notes", InvalidCursorError, NotModifiedError)])
    with pytest.raises(ContractError, match=rf"listNotes raises {error.__name__}, which has no code"):
        openapi.check_declarations([declared("/v1/notes", "list_notes", error)])


def test_services_come_in_their_order_and_then_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, order in {"zebra": "order = 1\n", "beta": "", "alpha": "", "last": "order = 99\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "api.py").touch()
        (tmp_path / name / WORDS).write_text(order)
    monkeypatch.setattr(found, "FUNCTIONS", tmp_path)
    Words.of.cache_clear()

    assert services() == ["zebra", "alpha", "beta", "last"]
    Words.of.cache_clear()
