"""Every route is tried as somebody else: its case lies beside the tests of its service."""

import pytest

from local.contracts.services import services
from tests.platform.e2e.route_cases import CASES, CASES_OF, GUARDED, PUBLIC, guarded_of


@pytest.mark.parametrize("service", services())
def test_a_service_has_a_case_for_each_of_its_routes(service: str) -> None:
    """In `tests/<service>/route_cases.py`; what needs no token stands in its PUBLIC."""
    assert set(CASES_OF.get(service, {})) == set(guarded_of(service))


def test_no_route_has_two_cases() -> None:
    assert sorted(CASES) == sorted(route for cases in CASES_OF.values() for route in cases)
    assert len(GUARDED) == len(CASES) > 100
    assert not PUBLIC & set(CASES)
