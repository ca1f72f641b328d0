"""A model has one name and one schema in all documents, and the name says what it is about."""

import json
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, Field, computed_field

from local.contracts.files import CONTRACTS
from local.contracts.models import ContractError, Models, is_generic

DOCUMENTS = {
    name: json.loads((CONTRACTS / name).read_text(encoding="utf-8"))
    for name in ("openapi.json", "partner-api.json", "asyncapi.json")
}
SCHEMAS = [
    (name, schema) for document in DOCUMENTS.values() for name, schema in document["components"]["schemas"].items()
]


class ShoeLimit(BaseModel):
    km: int
    is_soft: bool = False


def test_a_name_means_the_same_in_every_document() -> None:
    found: dict[str, Any] = {}
    assert [name for name, schema in SCHEMAS if found.setdefault(name, schema) != schema] == []


def test_a_name_says_its_subject_and_nothing_of_its_direction() -> None:
    assert [name for name, _ in SCHEMAS if is_generic(name) or name.endswith(("-Input", "-Output"))] == []


@pytest.mark.parametrize(
    "name", ["Status", "Kind", "Rule", "Period", "Value", "Flag", "Gap", "KeyResponse", "NewRule", "StatusList"]
)
def test_a_noun_that_anything_may_have_is_no_name(name: str) -> None:
    assert is_generic(name)


@pytest.mark.parametrize("name", ["GearStatus", "NewPromo", "WorkoutFlag", "GearResponseList", "Problem"])
def test_a_name_with_its_subject_is_one(name: str) -> None:
    assert not is_generic(name)


def test_a_generic_name_is_refused_with_what_to_do() -> None:
    class Status(StrEnum):
        OPEN = "open"

    with pytest.raises(ContractError, match="name the subject, as in GearStatus for Status: Status"):
        Models.of([("a", "shown", list[Status])])


def test_what_is_sent_and_shown_is_one_model_whose_defaults_may_be_left_out() -> None:
    models = Models.of([("put", "sent", ShoeLimit), ("get", "shown", ShoeLimit)])

    assert models.named.keys() == {"ShoeLimit"}
    assert models.named["ShoeLimit"]["required"] == ["km"]
    assert models.by_key["put"] == models.by_key["get"] == {"$ref": "#/components/schemas/ShoeLimit"}


def test_what_is_only_shown_always_has_its_defaults() -> None:
    assert Models.of([("get", "shown", ShoeLimit)]).named["ShoeLimit"]["required"] == ["km", "is_soft"]


def test_a_merge_patch_has_no_defaults_that_a_generated_client_would_send() -> None:
    class ShoePatch(BaseModel):
        is_soft: bool = False
        by_foot: dict[str, int] = Field(default_factory=dict)

    assert "default" not in json.dumps(Models.of([("patch", "sent", ShoePatch)]).named)


def test_a_model_that_is_shown_in_another_shape_than_sent_must_be_two() -> None:
    class ShoeWear(BaseModel):
        km: int

        @computed_field
        def miles(self) -> float:
            return self.km * 0.62

    with pytest.raises(ContractError, match="ShoeWear is sent and shown in different shapes"):
        Models.of([("put", "sent", ShoeWear), ("get", "shown", ShoeWear)])


def test_two_models_of_one_name_are_refused() -> None:
    def another() -> type[BaseModel]:
        class ShoeLimit(BaseModel):
            hours: int

        return ShoeLimit

    with pytest.raises(ContractError, match="two models have one name"):
        Models.of([("a", "shown", ShoeLimit), ("b", "shown", another())])


def test_what_stands_behind_a_document_is_found_through_circles() -> None:
    class ShoeShelf(BaseModel):
        above: "ShoeShelf | None" = None
        limit: ShoeLimit

    models = Models.of([("a", "shown", ShoeShelf), ("b", "shown", ShoeLimit)])

    assert models.behind(models.by_key["a"]).keys() == {"ShoeShelf", "ShoeLimit"}
    assert models.behind(models.by_key["b"]).keys() == {"ShoeLimit"}
