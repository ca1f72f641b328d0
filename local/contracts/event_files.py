"""Files of the events: for each a JSON Schema of its `detail`, a sample as a rule's target receives it; the table."""

from collections import defaultdict
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

from local.contracts.models import Schemas
from local.contracts.services import consumers
from stadion.events.catalogue import CATALOGUE
from stadion.events.envelope import Envelope, Event

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ID_PREFIX: Final = "https://stadion.example/events/"
ACCOUNT: Final = "000000000000"
REGION: Final = "eu-central-1"


def files() -> dict[str, Any]:
    """Content by file name under `events/`."""
    made: dict[str, Any] = {"README.md": readme()}
    for event in CATALOGUE.values():
        made[f"{place(event)}.schema.json"] = schema(event)
        made[f"{place(event)}.sample.json"] = sample(event)
    return made


def place(event: type[Event]) -> str:
    """In the folder of its service: `workouts/WorkoutRecorded.v1`."""
    return f"{event.__module__.rpartition('.')[2]}/{stem(event)}"


def stem(event: type[Event]) -> str:
    return f"{event.detail_type()}.v{event.version}"


ANY = "stadion.*"
"""The source of what any service publishes, each under its own name."""
ASKED_BY = "stadion.inventory"
"""Who publishes the sample of such an event: a worn shoe has something to say."""


def schema(event: type[Event]) -> dict[str, Any]:
    """What a consumer has to understand. Validation mode: an archived event may lack what was added later."""
    made = Envelope[event].model_json_schema(schema_generator=Schemas)  # type: ignore[valid-type]
    made["properties"]["version"]["const"] = event.version
    described = {
        "$schema": DIALECT,
        "$id": f"{ID_PREFIX}{stem(event)}.schema.json",
        "title": event.detail_type(),
        "description": words(event),
        "x-source": event.source or ANY,
        "x-detail-type": event.detail_type(),
    }
    return described | {key: value for key, value in made.items() if key not in {"title", "description"}}


def sample(event: type[Event]) -> dict[str, Any]:
    """An EventBridge event."""
    envelope = Envelope[event].model_validate(_example(Envelope[event]))  # type: ignore[valid-type]
    return {
        "version": "0",
        "id": "b1a2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d",
        "detail-type": event.detail_type(),
        "source": event.source or ASKED_BY,
        "account": ACCOUNT,
        "time": "2026-11-21T06:30:00Z",
        "region": REGION,
        "resources": [],
        "detail": envelope.detail(),
    }


def words(event: type[Event]) -> str:
    """The event's own docstring."""
    own = vars(event).get("__doc__")
    return " ".join(str(own).split()) if own else _plainly(event.detail_type())


def _plainly(name: str) -> str:
    """WorkoutRecorded -> Workout recorded."""
    separated = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return separated[0].upper() + separated[1:] + "."


def _example(model: type[BaseModel]) -> dict[str, Any]:
    return {name: _example_of(field) for name, field in model.model_fields.items()}


def _example_of(field: Any) -> Any:
    """Its first example; else one of the model that it holds; else its default."""
    if field.examples:
        return field.examples[0]
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _example(kind)
    if get_origin(kind) is list and issubclass(get_args(kind)[0], BaseModel):
        return [_example(get_args(kind)[0])]
    return field.get_default(call_default_factory=True)


# --- the table ------------------------------------------------------------------------------------------------------

README_HEAD: Final = """# Events

Every fact that a service tells the others, generated from `stadion.events` by `stadion contracts write`.
A rule's target receives an EventBridge event (the samples); its `detail` is the envelope that the schema describes:
`event_id, occurred_at, version, correlation_id, user_id, data`.

Fields may be added to `data` at any time, and a consumer ignores those that it does not know. Anything else is a new
version, published beside the old one until nobody listens to that.

| event | source | when | who listens |
| --- | --- | --- | --- |
"""
README_TAIL: Final = """
Events arrive at least once and in any order: a consumer keeps `event_id` or a `revision` in mind, never a count of
deliveries (see the ledger, `layers/shared/python/stadion/ledger.py`).

`samples/` holds what functions are called with, for tests and for trying one by hand: an HTTP request with its claims,
an outbox item in a table's stream, an event in a queue, the notice of a file that arrived.
"""


def readme() -> str:
    listeners: defaultdict[str, list[str]] = defaultdict(list)
    for entry_point, name in consumers():
        listeners[name].append(f"`{entry_point}`")
    rows = [
        f"| [{event.detail_type()}]({place(event)}.schema.json) | {event.source or ANY} | {words(event)} "
        f"| {', '.join(listeners[event.detail_type()]) or '–'} |\n"
        for event in CATALOGUE.values()
    ]
    return README_HEAD + "".join(rows) + README_TAIL
