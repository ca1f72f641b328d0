"""The clock of a service under test: it stands until a test moves it."""

from datetime import UTC, datetime, timedelta

import pytest

from stadion import clock

SATURDAY = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, **by: float) -> datetime:
        """`advance(hours=2)`: the new moment."""
        self.moment += timedelta(**by)
        return self.moment


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """At nine on a Saturday morning in Berlin; a test sets another moment."""
    shown = Clock(SATURDAY)
    monkeypatch.setattr(clock, "now", shown.now)
    return shown
