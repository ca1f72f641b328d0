"""Every number of every real file is the device's own, or `explained.toml` says why it is not."""

import pytest

from tests.workouts.recordings.devices.device import told
from tests.workouts.recordings.devices.table import Deviation, Row, deviations, explanations, markdown, rows
from tests.workouts.recordings.unit import samples


@pytest.fixture(scope="module")
def told_rows() -> list[Row]:
    return rows()


def of(found: list[Deviation]) -> dict[tuple[str, str], tuple[float | None, float]]:
    return {(one.name, one.number): (one.ours, one.theirs) for one in found}


def test_every_deviation_from_a_device_is_explained(told_rows: list[Row]) -> None:
    found = of(deviations(told_rows))

    assert {key: figures for key, figures in found.items() if key not in explanations()} == {}


def test_no_explanation_is_of_what_deviates_no_more(told_rows: list[Row]) -> None:
    assert explanations().keys() - of(deviations(told_rows)).keys() == set()


def test_the_devices_of_most_files_are_heard(told_rows: list[Row]) -> None:
    """Else nothing deviates because nothing was compared."""
    compared = [one for row in told_rows for one in row.compared]

    assert sum(bool(row.theirs) for row in told_rows) > 80
    assert sum(one.number == "ascent_m" for one in compared) > 12
    assert sum(one.number == "average_power_w" for one in compared) > 12


def test_the_page_names_each_file(told_rows: list[Row]) -> None:
    page = markdown(told_rows)

    assert all(row.name in page for row in told_rows)


@pytest.mark.parametrize(
    ("number", "ours", "theirs", "counts"),
    [
        ("distance_m", 1_021.0, 1_000.0, True),
        ("distance_m", 1_019.0, 1_000.0, False),
        ("ascent_m", 109.0, 100.0, False),
        ("ascent_m", None, 100.0, True),
        ("ascent_m", 0.0, 1.0, False),
        ("calories_kcal", 5.0, 0.0, True),
    ],
)
def test_a_deviation_counts_above_its_share_and_above_a_unit(
    number: str, ours: float | None, theirs: float, counts: bool
) -> None:
    assert Deviation("a file", number, ours, theirs).counts is counts


def test_a_session_is_read_as_its_device_wrote_it() -> None:
    (ride,) = told(samples.path("4078723797.fit"))

    assert ride.numbers.items() >= {"distance_m": 57_567.24, "ascent_m": 1_254, "average_power_w": 219}.items()
