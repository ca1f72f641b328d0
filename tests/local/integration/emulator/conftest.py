"""What the tests of the emulator share: a workshop on a bare one."""

import pytest

from local.aws import Aws
from tests.kit.stack import code_mailed_to
from tests.local.integration.emulator.workshop import Queue, UserPool, Workshop


@pytest.fixture(scope="module")
def workshop(aws: Aws) -> Workshop:
    return Workshop(aws)


@pytest.fixture
def seen(workshop: Workshop) -> Queue:
    """Where functions tell what they saw."""
    return workshop.queue()


@pytest.fixture(scope="module")
def pool(workshop: Workshop) -> UserPool:
    return workshop.user_pool()


@pytest.fixture
def athlete(pool: UserPool, workshop: Workshop) -> str:
    """A confirmed user's address."""
    email = f"{workshop.name('athlete')}@stadion.example"
    pool.sign_up(email)
    pool.confirm(email, code_mailed_to(pool.aws, email))
    return email
