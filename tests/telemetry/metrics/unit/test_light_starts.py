"""A function without the layer of tracks imports nothing of it."""

import subprocess
import sys


def test_who_keeps_the_copy_of_the_athlete_starts_without_numpy() -> None:
    script = "import sys; sys.modules['numpy'] = None; import telemetry.metrics.on_account_events"
    started = subprocess.run((sys.executable, "-c", script), capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stderr
