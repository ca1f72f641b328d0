"""The safeguards of telemetry that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "two live sessions are open at once",
        "telemetry.live.sessions.store:create",
        "change.put(OPEN_MARKS.at(user_id), mark, refused=_is_open)",
        "change.put(OPEN_MARKS.at(user_id), mark, new=False)",
        ("tests/telemetry/live/integration/test_sessions.py",),
    ),
    Mutant(
        "a doubted reading is exported",
        "telemetry.exports.domain:Exported.of",
        "sound(columns)",
        "columns",
        ("tests/telemetry/streams/unit/test_doubts.py",),
    ),
    Mutant(
        "a doubted reading counts",
        "telemetry.streams.domain:measured",
        "sound(columns)",
        "columns",
        ("tests/telemetry/streams/unit/test_doubts.py",),
    ),
    Mutant(
        "a device's heart rate is taken from whom did not agree",
        "telemetry.devices.intake_service:take",
        "not athletes.agrees(user_id)",
        "False",
        ("tests/telemetry/integration/test_consents.py",),
    ),
    Mutant(
        "what was measured of the body is shown after the withdrawal",
        "telemetry.metrics.workouts.service:of_workout",
        "if agrees else without_health(measured.assessment)",
        "",
        ("tests/telemetry/integration/test_consents.py",),
    ),
)
