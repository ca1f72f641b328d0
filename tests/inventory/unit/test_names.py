"""What a message calls a piece that nobody named."""

import pytest

from inventory.domain import news_of
from stadion.events.inventory import GearWearReached
from stadion.sports import WearUnit


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Kiprun KD900", "Kiprun KD900"),
        ("running shoes", {"en": "Running shoes", "ru": "Беговые кроссовки"}),
        ("running shoes: Insole", {"en": "Running shoes: Insole", "ru": "Беговые кроссовки: Insole"}),
        ("Old: running shoes", "Old: running shoes"),
    ],
)
def test_a_piece_that_nobody_named_is_told_of_in_each_language(name: str, told: object) -> None:
    reached = GearWearReached(
        gear_id="g",
        category="running_shoes",
        name=name,
        threshold_percent=80,
        used=560,
        limit=700,
        unit=WearUnit.KM,
        crossing=1,
    )

    (message,) = news_of([reached])

    assert message.values["name"] == told
