"""Which problem codes the processes of a run saw: a line for each operation and code, a file for each process."""

import os
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = "STADION_SEEN_CODES"
"""The environment variable; without it nothing is noted."""


@cache
def note(operation_id: str, code: str) -> None:
    """Once in a process."""
    if folder := os.environ.get(FOLDER):
        with (Path(folder) / f"{os.getpid()}.txt").open("a", encoding="utf-8") as file:
            file.write(f"{operation_id} {code}\n")


def seen(folder: Path) -> set[tuple[str, str]]:
    """(operation id, code) of all processes."""
    lines = (line for path in folder.glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines())
    return {(operation_id, code) for operation_id, _, code in (line.partition(" ") for line in lines)}
