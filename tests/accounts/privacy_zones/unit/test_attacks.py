"""Nobody finds the door: the attacks of Hassan et al. (2018) over many towns and all radii.

The figures over a hundred: docs/proof/privacy-zones.md."""

import numpy as np
import pytest

from accounts.privacy_zones.domain import ZoneRadius
from tests.accounts.privacy_zones.attacks import attacks, report
from tests.kit.size import sized

TOWNS = range(sized(small=40, large=100))
OFF = 0.5
"""Of the radius: the median error that an attack must not fall below."""


@pytest.fixture(scope="module")
def errors() -> report.Errors:
    return report.attacked(TOWNS, report.HIDDEN)


@pytest.mark.parametrize("radius", list(ZoneRadius))
@pytest.mark.parametrize("attack", list(report.HIDDEN))
def test_half_of_the_guesses_are_more_than_half_a_radius_off(
    errors: report.Errors, attack: str, radius: ZoneRadius
) -> None:
    assert len(errors[attack, radius]) == len(TOWNS)
    assert np.median(errors[attack, radius]) >= OFF


def test_the_attack_by_distance_finds_the_door_where_distances_are_told() -> None:
    """Else it would prove nothing that it does not where they are not."""
    found = report.attacked(range(12), {"distance": attacks.by_distance}, attacks.as_before)
    for radius in ZoneRadius:
        assert np.median(found["distance", radius]) < 0.05


def test_no_change_of_the_radius_tells_more_than_the_smallest_circle() -> None:
    """Of a radius that is made smaller three times, a little more."""
    for name, found in report.changed(range(sized(small=100, large=400))).items():
        assert np.median(found) >= (0.4 if name == "1600 → 800 → 400 → 200, sees all" else OFF), name
