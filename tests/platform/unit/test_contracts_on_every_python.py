"""The generated contracts are the same on every Python that we promise."""

import json
import textwrap
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from local.contracts import openapi
from local.contracts.models import Document, Models
from local.contracts.phrases import PHRASES
from local.contracts.services import PARTNERS, Operation, operations, services


@pytest.fixture
def other_phrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python renames statuses: 413 and 422 have other names on 3.13 than on 3.12."""
    for status in HTTPStatus:
        monkeypatch.setattr(status, "phrase", f"{status.value} as another Python calls it")


def every_operation() -> Iterator[Operation]:
    for entry_point in ("api", PARTNERS):
        for service in services(entry_point):
            yield from operations(service, entry_point)


def partner_document() -> Document:
    return openapi.partner_document(Models.of(openapi.wanted()))


def with_indentation(docstring: str) -> str:
    """As Python 3.12 keeps it."""
    first, *rest = docstring.splitlines(keepends=True)
    return first + textwrap.indent("".join(rest), "    ")


def test_the_document_takes_no_phrase_from_python(other_phrases: None) -> None:
    made = partner_document()

    assert "another Python" not in json.dumps(made)


def test_the_document_is_the_same_whether_docstrings_are_indented_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    documented = [operation.function for operation in every_operation() if operation.function.__doc__]
    cleaned = {function: textwrap.dedent("    " + (function.__doc__ or "")) for function in documented}
    for function, docstring in cleaned.items():
        monkeypatch.setattr(function, "__doc__", docstring)
    of_newer_python = partner_document()

    for function, docstring in cleaned.items():
        monkeypatch.setattr(function, "__doc__", with_indentation(docstring))
    of_older_python = partner_document()

    assert of_older_python == of_newer_python


def test_the_phrases_are_those_of_rfc_9110_not_of_those_before() -> None:
    assert PHRASES[413] == "Content Too Large"
    assert PHRASES[422] == "Unprocessable Content"
