"""Consumers: who is called with what, what a log line says, and what mypy knows."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.paths import ROOT
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope, subject_of
from stadion.events.notifications import NotificationRequested
from stadion.events.promos import PromoIssued
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded
from tests.kit.events import deleted, recorded
from tests.kit.services import Context, sqs_event

SNIPPET = """
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutRecorded

handler = Consumer()


@handler.on({events})
def handle(envelope: Envelope[{taken}]) -> Consumed:
    return Consumed({word})
"""


def consumed(consumer: Consumer, *entries: dict[str, Any]) -> Any:
    return consumer(sqs_event(*entries), Context())  # type: ignore[arg-type]


def test_each_event_goes_to_the_function_that_is_registered_for_it() -> None:
    handler, seen = Consumer(), []

    @handler.on(WorkoutRecorded, WorkoutCorrected)
    def note(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
        seen.append(("noted", envelope.data.workout.workout_id))
        return Consumed("noted")

    @handler.on(WorkoutDeleted)
    def forget(envelope: Envelope[WorkoutDeleted]) -> Consumed:
        seen.append(("forgotten", envelope.data.workout_id))
        return Consumed("forgotten")

    answer = consumed(handler, recorded("w-1", revision=2), deleted("w-1"))

    assert answer == {"batchItemFailures": []}
    assert seen == [("noted", "w-1"), ("forgotten", "w-1")]
    assert handler.events == (WorkoutRecorded, WorkoutCorrected, WorkoutDeleted)


def test_an_event_that_nobody_subscribed_to_comes_again_alone() -> None:
    handler = Consumer()

    @handler.on(WorkoutDeleted)
    def forget(envelope: Envelope[WorkoutDeleted]) -> Consumed:
        return Consumed("forgotten")

    answer = consumed(handler, recorded("w-1"), deleted("w-1"))

    assert len(answer["batchItemFailures"]) == 1


@pytest.mark.parametrize("source", ["stadion.partners", "", None])
def test_an_event_that_another_service_tells_comes_again_alone(source: str | None) -> None:
    """The rule lets in what any of its sources calls by any of its names."""
    handler, seen = Consumer(), []

    @handler.on(WorkoutDeleted)
    def forget(envelope: Envelope[WorkoutDeleted]) -> Consumed:
        seen.append(envelope.data.workout_id)
        return Consumed("forgotten")

    @handler.on(NotificationRequested)
    def tell(envelope: Envelope[NotificationRequested]) -> Consumed:
        return Consumed(envelope.data.template)

    answer = consumed(handler, {**deleted("w-1"), "source": source}, deleted("w-2"))

    assert len(answer["batchItemFailures"]) == 1
    assert seen == ["w-2"]


def test_an_event_of_a_later_version_waits_for_who_can_read_it() -> None:
    """What is added to an event needs no new version: a new one says something else by the same names."""
    handler, seen = Consumer(), []

    @handler.on(WorkoutDeleted)
    def forget(envelope: Envelope[WorkoutDeleted]) -> Consumed:
        seen.append(envelope.version)
        return Consumed("forgotten")

    versions = [deleted(f"w-{number}") for number in (1, 2)]
    versions[1]["detail"]["version"] = WorkoutDeleted.version + 1
    answer = consumed(handler, *versions)

    assert len(answer["batchItemFailures"]) == 1
    assert seen == [WorkoutDeleted.version]


def test_two_functions_for_one_event_are_refused() -> None:
    handler = Consumer()
    handler.on(WorkoutDeleted)(lambda _: Consumed("once"))

    with pytest.raises(ValueError, match="WorkoutDeleted is handled twice"):
        handler.on(WorkoutRecorded, WorkoutDeleted)(lambda _: Consumed("twice"))


def test_a_subject_is_told_by_the_names_of_its_ids() -> None:
    offer = {"offer_id": "o-1", "promo_id": "p-1", "campaign_id": None}

    assert subject_of(WorkoutRecorded, {"workout": {"workout_id": "w-1"}}) == {"workout_id": "w-1"}
    assert subject_of(PromoIssued, {"offer": offer}) == {"offer_id": "o-1", "promo_id": "p-1"}
    assert subject_of(WorkoutRecorded, {"workout": "not what was agreed"}) == {}


WRITTEN = {
    "right": ("WorkoutDeleted", "WorkoutDeleted", "envelope.data.workout_id"),
    "no_such_field": ("WorkoutDeleted", "WorkoutDeleted", "envelope.data.workout"),
    "not_of_both": ("WorkoutRecorded, WorkoutDeleted", "WorkoutRecorded | WorkoutDeleted", "envelope.data.workout_id"),
    "another_event": ("WorkoutRecorded", "WorkoutDeleted", "'done'"),
    "too_few": ("WorkoutRecorded, WorkoutDeleted", "WorkoutRecorded", "'done'"),
}


def test_mypy_knows_the_fields_of_the_events_that_a_function_takes(tmp_path: Path) -> None:
    for name, (events, taken, word) in WRITTEN.items():
        path = tmp_path / f"on_{name}.py"
        path.write_text(SNIPPET.format(events=events, taken=taken, word=word), encoding="utf-8")

    told = complaints(tmp_path)

    assert told == {
        "no_such_field": '"WorkoutDeleted" has no attribute "workout"; maybe "workout_id"?  [attr-defined]',
        "not_of_both": (
            'Item "WorkoutRecorded" of "WorkoutRecorded | WorkoutDeleted" has no attribute "workout_id"  [union-attr]'
        ),
        "another_event": told["another_event"],
        "too_few": told["too_few"],
    }
    assert "[arg-type]" in told["another_event"]
    assert "[arg-type]" in told["too_few"]


def complaints(folder: Path) -> dict[str, str]:
    """The first error of each file, by mypy with our settings and a cache of its own."""
    settings = ["--config-file", ROOT / "pyproject.toml", "--cache-dir", ROOT / ".stadion" / "mypy-of-tests"]
    files = sorted(folder.glob("*.py"))
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *settings, "--num-workers", "0", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = re.findall(r"on_(\w+)\.py:\d+: error: (.*)", run.stdout)
    return dict(reversed(errors))
