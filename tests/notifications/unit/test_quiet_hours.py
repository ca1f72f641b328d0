"""Quiet hours against a clock that is asked minute by minute."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.quiet_hours import MINUTE, QuietHours, next_open

ZONES = [
    "UTC",
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "America/Sao_Paulo",
]
NIGHT = QuietHours(time(22), time(8))
NAP = QuietHours(time(13), time(15, 30))
SMALL_HOURS = QuietHours(time(1), time(2, 30))
CHANGES = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)]


def slowly(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    while now.astimezone(zone).time() in quiet:
        now += MINUTE
    return now


@pytest.mark.parametrize("quiet", [NIGHT, NAP, SMALL_HOURS], ids=["night", "nap", "small-hours"])
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", range(24))
def test_at_every_hour_in_every_zone_it_opens_at_the_first_open_minute(hour: int, zone: str, quiet: QuietHours) -> None:
    for minute in (0, 29, 59):
        now = datetime(2026, 11, 21, hour, minute, tzinfo=UTC)
        assert next_open(now, ZoneInfo(zone), quiet) == slowly(now, ZoneInfo(zone), quiet)


@given(
    change=st.sampled_from(CHANGES),
    after=st.integers(-600, 2400),
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
)
@example(change=CHANGES[0], after=0, zone="Europe/Berlin", start=0, end=121)
@example(change=CHANGES[0], after=0, zone="Europe/Berlin", start=150, end=121)
@example(change=CHANGES[1], after=49, zone="Europe/Berlin", start=123, end=838)
def test_the_nights_on_which_clocks_change_are_no_exception(
    change: datetime, after: int, zone: str, start: int, end: int
) -> None:
    now = change + after * MINUTE
    quiet = QuietHours(time(start // 60, start % 60), time(end // 60, end % 60))
    assert next_open(now, ZoneInfo(zone), quiet) == slowly(now, ZoneInfo(zone), quiet)


def test_the_edges_belong_to_the_night_and_to_the_morning() -> None:
    zone = ZoneInfo("Europe/Moscow")
    evening = datetime(2026, 11, 21, 22, tzinfo=zone).astimezone(UTC)
    morning = datetime(2026, 11, 22, 8, tzinfo=zone).astimezone(UTC)
    assert next_open(evening - timedelta(seconds=1), zone, NIGHT) == evening - timedelta(seconds=1)
    assert next_open(evening, zone, NIGHT) == morning
    assert next_open(morning, zone, NIGHT) == morning


def test_the_same_hour_twice_is_no_quiet_time() -> None:
    now = datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert next_open(now, ZoneInfo("UTC"), QuietHours(time(8), time(8))) == now


@pytest.mark.parametrize(
    ("zone", "evening", "end", "opens"),
    [
        ("Europe/Berlin", "2027-03-27T23:00", time(2, 30), "2027-03-28T01:00"),
        ("America/New_York", "2027-03-13T23:00", time(2, 30), "2027-03-14T07:00"),
        ("Australia/Lord_Howe", "2027-10-02T23:00", time(2, 15), "2027-10-02T15:30"),
        ("Africa/Cairo", "2027-04-29T23:00", time(0, 30), "2027-04-29T22:00"),
    ],
)
def test_hours_that_end_in_the_skipped_hour_end_when_the_clocks_have_gone_on(
    zone: str, evening: str, end: time, opens: str
) -> None:
    now = datetime.fromisoformat(evening).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for later in (timedelta(), timedelta(minutes=45, seconds=30)):
        found = next_open(now + later, ZoneInfo(zone), QuietHours(time(22), end))
        assert found == datetime.fromisoformat(opens).replace(tzinfo=UTC)
