"""The JSON Schemas of what goes over HTTP and the WebSocket, named once for all documents.

All of it is made in one pass, so that a name has one meaning wherever it stands. A model that is sent and shown alike
has one schema, that of what is sent: what has a default may be left out.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

Document = dict[str, Any]
Wanted = tuple[Any, Literal["sent", "shown"], Any]
"""A key of one's own, whether the client sends it or is shown it, and its type."""
SENT: Final = "-Input"
SHOWN: Final = "-Output"
"""What pydantic adds to the name of a model that is both, and differs."""
GENERIC_LIST: Final = re.compile(r"ListResponse_(\w+?)_(?=[\"/]|$)")
REFERENCE: Final = re.compile(r'"#/components/schemas/(\w+)"')
NOUNS: Final = frozenset(
    (  # noqa: SIM905 - a list of words
        "Ability Action Cap Category Cost Costs Day Entry Event Experiment Explanation External Failure Fill Filter "
        "Flag Follower Form Format Gap Given Guardrails Item Journal Key Kind Limit Limits Line Log Measure Method "
        "Metric Mode Name Option Outcome Page Period Physical Place Plan Platform Point Preview Problem Progress Range "
        "Received Reason Record Refused Report Resolution Result Rhythm Role Rollout Rotation Row Rule Run Sample "
        "Schedule Secret Seen Series Source Stacking Standing State Status Step Target Token Tokens Total Type Unit "
        "Units Use Validity Value Variant Verdict Version Visibility Wear Window"
    ).split()
)
"""They say nothing without their subject: `GearStatus`, not `Status`."""
ROLES: Final = re.compile(r"^New|(Response|Patch|Put|List|Change)+$")
"""What of a name says only whether it is sent or shown, one or many."""
PATCH: Final = "Patch"
LIMITS: Final = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
"""Pydantic's word -> JSON Schema's."""
BY_STANDARD: Final = frozenset({"Problem"})
"""RFC 9457's own word."""


class ContractError(Exception):
    """The services contradict one another, or leave something unsaid."""


class Schemas(GenerateJsonSchema):
    """Without the titles that only repeat a field's name; what an answer has a default for is in it, too."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: Any) -> Any:
        """A generator of clients sends what it finds as a default, and null in a merge patch takes away."""
        made = super().default_schema(schema)
        return {key: value for key, value in made.items() if (key, value) != ("default", None)}

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


@dataclass(frozen=True)
class Models:
    """Schemas by what they were asked for, and the named ones that those refer to."""

    by_key: dict[Any, Document]
    named: Document

    @classmethod
    def of(cls, wanted: Iterable[Wanted]) -> "Models":
        modes: dict[str, JsonSchemaMode] = {"sent": "validation", "shown": "serialization"}
        adapters = [(key, modes[use], TypeAdapter(kind)) for key, use, kind in wanted]
        made, found = TypeAdapter.json_schemas(
            adapters, ref_template="#/components/schemas/{model}", schema_generator=Schemas
        )
        by_key = {key: schema for (key, _), schema in made.items()}
        named = {**found.get("$defs", {})}
        if ambiguous := sorted({name for name in named if "__" in name}):
            raise ContractError(f"two models have one name; the subject belongs into it: {', '.join(ambiguous)}")
        models = cls(by_key, _of_one_shape(named))._renamed()
        if generic := sorted(name for name in models.named if is_generic(name)):
            raise ContractError(f"name the subject, as in GearStatus for Status: {', '.join(generic)}")
        return models

    def behind(self, document: Any) -> Document:
        """The named ones that a document refers to, and those that these refer to."""
        found: Document = {}
        names = self._referred(document)
        while names:
            found |= {name: self.named[name] for name in names}
            names = self._referred(found) - found.keys()
        return dict(sorted(found.items()))

    def _referred(self, document: Any) -> set[str]:
        return set(REFERENCE.findall(json.dumps(document))) & self.named.keys()

    def _renamed(self) -> "Models":
        """Without pydantic's endings, and `ListResponse_GearResponse_` as `GearResponseList`."""
        by_key = {key: _renamed(schema) for key, schema in self.by_key.items()}
        named: Document = _renamed(self.named)
        return Models(by_key, {name: _as_sent(name, schema) | {"title": name} for name, schema in named.items()})


def _as_sent(name: str, schema: Document) -> Document:
    """A merge patch has no defaults: a generator of clients would send them, and change what nobody named."""
    if not name.endswith(PATCH):
        return schema
    fields = schema.get("properties", {})
    return schema | {"properties": {field: _without_default(said) for field, said in fields.items()}}


def _without_default(schema: Document) -> Document:
    return {key: value for key, value in schema.items() if key != "default"}


def is_generic(name: str) -> bool:
    return name not in BY_STANDARD and ROLES.sub("", name) in NOUNS


def _renamed(schema: Document) -> Document:
    text = GENERIC_LIST.sub(r"\1List", json.dumps(schema))
    text = re.sub(rf'(#/components/schemas/\w+)({SENT}|{SHOWN})"', r'\1"', text)
    made: Document = with_known_limits(json.loads(text))
    return made


def with_known_limits(schema: Any) -> Any:
    """By the names of JSON Schema, also where pydantic checks a limit after a function of ours and keeps its own."""
    if isinstance(schema, list):
        return [with_known_limits(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        LIMITS.get(key, key) if isinstance(value, int | float) else key: with_known_limits(value)
        for key, value in schema.items()
    }


def _of_one_shape(named: Document) -> Document:
    """Each model once: of one that is sent and shown, what is sent."""
    found: Document = {}
    for name, schema in named.items():
        plain = name.removesuffix(SENT).removesuffix(SHOWN)
        if name.endswith(SHOWN) and _shape(schema) != _shape(named[plain + SENT]):
            raise ContractError(f"{plain} is sent and shown in different shapes: make it two models")
        if not name.endswith(SHOWN):
            found[plain] = schema
    return found


def _shape(schema: Any) -> Any:
    """All but which fields may be left out."""
    if isinstance(schema, dict):
        return {key: _shape(value) for key, value in schema.items() if key != "required"}
    if isinstance(schema, list):
        return [_shape(value) for value in schema]
    return schema.removesuffix(SENT).removesuffix(SHOWN) if isinstance(schema, str) else schema
