"""What a function must not build before its first event."""

import subprocess
import sys

from local.paths import ROOT

LOADED = """
import pydantic, sys
import stadion.queues
assert sys.modules["pydantic"] is pydantic
print([name for name in sys.modules if name.startswith("aws_lambda_powertools.utilities.parser")])
"""


def test_a_consumer_builds_no_models_of_event_sources_that_it_never_sees() -> None:
    paths = [str(ROOT / "layers" / "shared" / "python")]
    code = f"import sys; sys.path[:0] = {paths!r}\n{LOADED}"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
