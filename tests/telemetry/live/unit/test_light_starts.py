"""Functions without the layer of tracks import nothing of it: here they would fail only once deployed."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    ["live.on_socket_connect", "live.audience.on_privacy_zones", "live.socket.on_sessions_ended"],
)
def test_who_looks_at_no_samples_starts_without_numpy(module: str) -> None:
    script = f"import sys; sys.modules['numpy'] = None; import telemetry.{module}"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "STADION_SERVICE": "telemetry",
        "POWERTOOLS_METRICS_NAMESPACE": "Stadion",
    }
    started = subprocess.run(
        (sys.executable, "-c", script), capture_output=True, text=True, check=False, env=environment
    )
    assert started.returncode == 0, started.stderr
