"""The shell's variables, without those that would change what is tested or how it is told."""

import os
from typing import Final

ELSEWHERE: Final = ("AWS_", "CDK_", "LOCALSTACK_", "EDGE_PORT", "USE_SSL", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
"""Somebody's account, emulator or, in a hook of git, repository: moto lets requests to a named endpoint through."""
OF_A_RUN: Final = ("STADION_", "PYTEST_", "PYTHON", "FORCE_COLOR", "PY_COLORS", "MYPYPATH", "RUFF_")
"""What a run of the tests says itself. Without bytecode, for one, a dozen processes compile everything anew."""
THIS_MACHINE: Final = "127.0.0.1,localhost"


def stay_here() -> None:
    """Of this process and its children: whatever the shell says, tests ask this machine, and without a proxy."""
    for name in [name for name in os.environ if name.startswith(ELSEWHERE)]:
        del os.environ[name]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = THIS_MACHINE


def of_a_run() -> dict[str, str]:
    """What a run's processes inherit."""
    return {name: value for name, value in os.environ.items() if not name.startswith((*ELSEWHERE, *OF_A_RUN))}
