"""The events' files are those of the catalogue, and everybody speaks only of what is in it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from local.contracts import files
from local.contracts.event_files import place, stem
from local.contracts.services import consumers
from local.paths import ROOT
from stadion.events.arrivals import arrival_consumer
from stadion.events.catalogue import CATALOGUE, below, named
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope, Event
from stadion.events.outbox import entry_of
from stadion.events.workouts import WorkoutRecorded
from tests.kit.services import Context

EVENTS = ROOT / "events"
every_event = pytest.mark.parametrize("event", CATALOGUE.values(), ids=list(CATALOGUE))


def read(name: str) -> Any:
    return json.loads((EVENTS / name).read_text(encoding="utf-8"))


def schema_of(event: type[Event]) -> Any:
    return read(f"{place(event)}.schema.json")


def sample_of(event: type[Event]) -> Any:
    return read(f"{place(event)}.sample.json")


def validator(event: type[Event]) -> Draft202012Validator:
    return Draft202012Validator(schema_of(event), validate_formats=True)


def test_the_committed_contracts_are_those_of_the_code() -> None:
    """So to the byte, by whichever process they were written."""
    assert files.drift() == [], "run: stadion contracts write"


def made(name: str, base: type[Event], service: str) -> type[Event]:
    return type(name, (base,), {"source": f"stadion.{service}", "__module__": f"stadion.events.{service}"})


def test_an_event_that_is_made_of_another_is_catalogued_too() -> None:
    known = made("RouteEvent", Event, "routes")
    added = made("RouteAdded", known, "routes")

    assert list(below(known)) == [added]


def test_two_events_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"RouteAdded is an event of stadion\.events\.routes and of .*\.trails"):
        named([made("RouteAdded", Event, "routes"), made("RouteAdded", Event, "trails")])


def test_the_catalogue_is_in_the_order_of_the_services_names_whoever_was_imported_first() -> None:
    services = [event.__module__ for event in CATALOGUE.values()]

    assert services == sorted(services)
    told = "import stadion.events.workouts; from stadion.events.catalogue import CATALOGUE; print(*CATALOGUE)"
    roots = os.pathsep.join(sys.path)
    shown = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": roots}
    )
    assert shown.stdout.split() == list(CATALOGUE)


@every_event
def test_a_schema_is_a_json_schema_with_an_address_and_words(event: type[Event]) -> None:
    schema = schema_of(event)
    meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/{stem(event)}.schema.json")
    assert schema["title"] == event.detail_type()
    assert schema["x-source"] == (event.source or "stadion.*")
    assert schema["description"]


@every_event
def test_a_sample_is_valid_for_schema_and_model(event: type[Event]) -> None:
    sample = sample_of(event)
    assert sample["detail-type"] == event.detail_type()
    assert sample["source"] == (event.source or "stadion.inventory")
    assert list(validator(event).iter_errors(sample["detail"])) == []
    envelope = Envelope[event].model_validate(sample["detail"])  # type: ignore[valid-type]
    assert envelope.detail() == sample["detail"]


@every_event
def test_a_sample_shows_a_value_for_every_field_that_must_be_there(event: type[Event]) -> None:
    required = schema_of(event)["$defs"][event.__name__].get("required", [])
    assert all(sample_of(event)["detail"]["data"][name] is not None for name in required)


@every_event
def test_a_schema_refuses_what_breaks_the_promise(event: type[Event]) -> None:
    detail = sample_of(event)["detail"]
    for broken in ({**detail, "version": event.version + 1}, {**detail, "data": None}, {}):
        assert list(validator(event).iter_errors(broken)), broken


@every_event
def test_a_schema_lets_a_producer_add_a_field(event: type[Event]) -> None:
    detail = sample_of(event)["detail"]
    added = {**detail, "data": {**detail["data"], "something_new": 1}}
    assert list(validator(event).iter_errors(added)) == []


@every_event
def test_an_event_is_named_in_the_past_tense_and_its_source_is_a_service(event: type[Event]) -> None:
    name = event.detail_type()
    assert name.endswith(("ed", "Set", "Reached")), name
    service = (event.source or "stadion.inventory").removeprefix("stadion.")
    assert (ROOT / "functions" / service).is_dir(), event.source


def test_one_event_alone_is_anybodys_to_publish() -> None:
    assert [name for name, event in CATALOGUE.items() if event.source is None] == ["NotificationRequested"]


def test_the_table_links_every_event_to_its_schema() -> None:
    table = (EVENTS / "README.md").read_text(encoding="utf-8")
    assert all(f"[{name}]({place(event)}.schema.json)" in table for name, event in CATALOGUE.items())


def test_consumers_subscribe_to_catalogued_events_only() -> None:
    found = list(consumers())
    assert found
    assert [pair for pair in found if pair[1] not in CATALOGUE] == []


# --- canonical payloads ----------------------------------------------------------------------------------------------


def test_the_sample_stream_record_holds_an_event_of_the_catalogue() -> None:
    image = read("samples/outbox-stream-record.json")["Records"][0]["dynamodb"]["NewImage"]
    entry = entry_of(image)
    assert list(validator(CATALOGUE[entry["detail_type"]]).iter_errors(entry["detail"])) == []


def test_the_sample_message_is_consumed() -> None:
    seen: list[str] = []

    consumer = Consumer()

    @consumer.on(WorkoutRecorded)
    def note(envelope: Envelope[WorkoutRecorded]) -> Consumed:
        seen.append(type(envelope.data).__name__)
        return Consumed("noted")

    answer = consumer(read("samples/queued-event.json"), Context())  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": []}
    assert seen == ["WorkoutRecorded"]


def test_the_sample_notice_of_an_arrival_names_an_upload() -> None:
    from workouts.uploads.incoming_store import Incoming

    seen: list[Incoming] = []
    handler = arrival_consumer(lambda key, _: seen.append(Incoming.of_key(key)))
    assert handler(read("samples/file-arrival.json"), Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert len(seen) == 1


def test_the_sample_request_is_one_that_the_api_understands() -> None:
    from workouts.schemas import NewWorkout

    event = read("samples/http-request.json")
    assert event["requestContext"]["authorizer"]["jwt"]["claims"]["token_use"] == "access"
    assert NewWorkout.model_validate_json(event["body"]).distance_m == 6400
