"""How long a wear offer's workflow waits."""

from datetime import UTC, datetime, timedelta

from promos.wear_offers.domain import waits

NOW = datetime(2026, 11, 21, tzinfo=UTC)
YEAR = timedelta(days=365)


def test_a_code_of_ten_days_is_reminded_of_on_the_seventh_and_looked_at_when_it_ends() -> None:
    assert waits(NOW, NOW + timedelta(days=10)) == (NOW + timedelta(days=7), NOW + timedelta(days=10))


def test_no_execution_waits_for_a_year() -> None:
    remind_at, ends_at = waits(NOW, NOW + 3 * YEAR)

    assert NOW < remind_at < ends_at < NOW + YEAR
