"""These tests are about XP, records and rewards of levels: nobody earns an achievement in them."""

from collections.abc import Iterator

import pytest

from gamification.achievements.rules import service as rules


@pytest.fixture(autouse=True)
def _nothing_to_earn(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rules, "catalogue", tuple)
    rules.forget()
    yield
    rules.forget()
