"""When a workout contradicts an FTP."""

from datetime import date

import pytest

from telemetry.metrics.hints import FtpHint, ftp_hint
from telemetry.metrics.values import MetricInput

FTP = MetricInput(value=250, since=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("power_w", "found"),
    [
        ({}, None),
        ({60: 600.0}, None),
        ({1200: 276.0}, None),  # 262.2 W: less than 5 % more
        ({1200: 277.0}, FtpHint(250, 263, 1200, 277)),
        ({1200: 277.0, 3600: 270.0}, FtpHint(250, 270, 3600, 270)),
        ({3600: 262.5}, None),
    ],
)
def test_what_is_held_for_long_contradicts_an_ftp_that_is_lower(power_w: dict[int, float], found: FtpHint) -> None:
    assert ftp_hint(power_w, FTP) == found


def test_what_nobody_measured_is_not_contradicted() -> None:
    assert ftp_hint({1200: 400.0}, None) is None
    assert ftp_hint({1200: 400.0}, MetricInput(value=250, assumed="measured_later")) is None
