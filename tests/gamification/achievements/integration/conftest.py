"""Fixtures of this folder."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from gamification.achievements.backfill import service as backfills
from gamification.achievements.backfill import steps
from gamification.achievements.rules import service as rules
from tests.gamification.achievements.integration.world import ASL, MACHINE, Diaries
from tests.kit.interpreter import INTERPRETED, interpret
from tests.kit.services import Service, service_environment


@pytest.fixture(autouse=True)
def _fresh_rules() -> Iterator[None]:
    rules.forget()
    yield
    rules.forget()


@pytest.fixture
def diaries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Diaries]:
    """Of some athletes, and the state machine as shipped, which counts two of them at once."""
    with mock_aws(config=INTERPRETED):
        service_environment(monkeypatch)
        backfills._machines.cache_clear()
        monkeypatch.setenv("STADION_ACHIEVEMENT_BACKFILL_WORKFLOW", MACHINE)
        monkeypatch.setattr(steps, "PORTION", 2)
        made = Diaries(Service.create("gamification", monkeypatch))
        interpret(monkeypatch, "achievement-backfill", ASL.read_text(), made.invoke)
        yield made
