"""EventBridge: rules to queues, archive and replay."""

import json
from datetime import UTC, datetime, timedelta

from tests.local.integration.emulator.workshop import Queue, Workshop, gathered


def bus_with_rule(workshop: Workshop, queue: Queue) -> str:
    events, bus = workshop.aws.events, workshop.name("bus")
    events.create_event_bus(Name=bus)
    pattern = {"source": ["stadion.workouts"], "detail-type": ["WorkoutRecorded", "WorkoutDeleted"]}
    events.put_rule(Name=f"{bus}-rule", EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=f"{bus}-rule", EventBusName=bus, Targets=[{"Id": "queue", "Arn": queue.arn}])
    return bus


def test_a_rule_sends_matching_events_to_its_queue(workshop: Workshop) -> None:
    queue = workshop.queue()
    bus = bus_with_rule(workshop, queue)

    workshop.put_event(bus, "WorkoutCorrected", {"data": 1})
    workshop.put_event(bus, "WorkoutRecorded", {"event_id": "e1", "data": {"distance_m": 5000.5}})

    (message,) = gathered(queue, 1)

    assert message["source"] == "stadion.workouts"
    assert message["detail-type"] == "WorkoutRecorded"
    assert message["detail"] == {"event_id": "e1", "data": {"distance_m": 5000.5}}
    assert {"id", "time", "account", "region", "resources", "version"} <= message.keys()


def test_an_archive_made_by_api_replays(workshop: Workshop) -> None:
    queue, events = workshop.queue(), workshop.aws.events
    bus = bus_with_rule(workshop, queue)
    bus_arn = events.describe_event_bus(Name=bus)["Arn"]
    archive = events.create_archive(ArchiveName=f"{bus}-archive", EventSourceArn=bus_arn)
    before = datetime.now(UTC) - timedelta(seconds=5)
    workshop.put_event(bus, "WorkoutRecorded", {"event_id": "e1"})
    gathered(queue, 1)

    events.start_replay(
        ReplayName=f"{bus}-replay",
        EventSourceArn=archive["ArchiveArn"],
        EventStartTime=before,
        EventEndTime=datetime.now(UTC) + timedelta(seconds=5),
        Destination={"Arn": bus_arn},
    )

    (again,) = gathered(queue, 1)

    assert again["detail"] == {"event_id": "e1"}
    assert again["replay-name"] == f"{bus}-replay"
