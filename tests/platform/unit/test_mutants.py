"""The mutants of `make mutants` still fit the code, and speak for every service."""

import pytest

from local.paths import ROOT
from tests.kit.changes import OF_SERVICES
from tests.mutants.catalogue import MUTANTS
from tests.mutants.engine import Mutant, MutantGoneError, mutated


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mutant_still_fits_the_code(mutant: Mutant) -> None:
    assert mutated(mutant) != ""
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutant.tests)


def test_no_mutant_needs_the_deployed_stack() -> None:
    """A deployment for each would take an hour. The faults start an emulator of their own."""
    named = {test for mutant in MUTANTS for test in mutant.tests}
    assert {test for test in named if test.count("/") < 2 or "/e2e" in test} == {"tests/platform/e2e/faults"}


def test_there_are_twenty_and_some_of_every_service() -> None:
    spoken_for = {mutant.target.partition(".")[0] for mutant in MUTANTS}
    assert len(MUTANTS) >= 20
    assert spoken_for >= OF_SERVICES


@pytest.mark.parametrize(
    "gone",
    [
        Mutant("no module", "promos.nowhere:f", "a", "b", ()),
        Mutant("no function", "promos.offers.store:nowhere", "a", "b", ()),
        Mutant("no such text", "promos.offers.store:get", "a text that is nowhere", "b", ()),
    ],
    ids=lambda mutant: mutant.name,
)
def test_a_target_that_is_gone_is_told(gone: Mutant) -> None:
    with pytest.raises(MutantGoneError):
        mutated(gone)
