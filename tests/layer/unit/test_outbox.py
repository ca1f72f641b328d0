"""What is published gets to the bus: what the bus would not take is not written either."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from stadion.change import Change
from stadion.events.envelope import Event, Part
from stadion.events.outbox import MAX_BYTES, EventTooLargeError
from tests.kit.memory import memory

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


class Shelf(Part):
    width_m: float


class ShelfBuilt(Event):
    source = None
    note: str = ""
    shelf: Shelf = Shelf(width_m=1.5)
    height_m: float = 2.0


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_an_event_has_no_number_that_json_has_not(number: float) -> None:
    with pytest.raises(ValidationError):
        ShelfBuilt(height_m=number)
    with pytest.raises(ValidationError):
        Shelf(width_m=number)


@pytest.mark.parametrize(
    ("note", "refused"),
    [
        ("x" * MAX_BYTES, EventTooLargeError),
        ("\u00e9" * (MAX_BYTES // 2), EventTooLargeError),
        ("\ud800", UnicodeError),
    ],
    ids=["too many letters", "too many bytes", "half a character"],
)
def test_nothing_is_written_with_an_event_that_the_bus_would_never_take(note: str, refused: type[Exception]) -> None:
    change = Change("u", NOW)
    change.publish(ShelfBuilt(), ShelfBuilt(note=note))
    with memory() as store:
        with pytest.raises(refused):
            change.commit()

        assert store.items() == []


def test_an_event_may_be_as_large_as_the_bus_takes() -> None:
    with memory() as store:
        with Change("u", NOW) as change:
            change.publish(ShelfBuilt(note="x" * (MAX_BYTES - 1000)))

        assert len(store.items()) == 1
