"""A function without the layer of tracks imports nothing of it."""

import os
import subprocess
import sys


def test_who_keeps_the_copy_of_the_athlete_starts_without_numpy() -> None:
    script = "import sys; sys.modules['numpy'] = None; import telemetry.metrics.on_account_events"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = subprocess.run(
        (sys.executable, "-c", script), capture_output=True, text=True, check=False, env=environment
    )
    assert started.returncode == 0, started.stderr
