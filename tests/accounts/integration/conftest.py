"""Fixtures of this folder."""

import pytest

from tests.accounts.moto import ANNA, join
from tests.kit.services import Service


@pytest.fixture
def anna(accounts: Service) -> str:
    """A registered and confirmed athlete; her id."""
    return join(accounts, ANNA)
