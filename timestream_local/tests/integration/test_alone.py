import re
import signal
import subprocess
import sys
from pathlib import Path

from timestream_local.tests.integration.workshop import PATIENCE_S, client


def test_it_runs_alone_and_keeps_its_state(tmp_path: Path) -> None:
    for attempt in range(2):
        command = (sys.executable, "-m", "timestream_local", "--port", "0", "--state", str(tmp_path))
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+?:\d+", process.stdout.readline())
            assert found
            write = client("timestream-write", found[0])
            if not attempt:
                write.create_database(DatabaseName="sport")
            assert [one["DatabaseName"] for one in write.list_databases()["Databases"]] == ["sport"]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=PATIENCE_S) == 0
