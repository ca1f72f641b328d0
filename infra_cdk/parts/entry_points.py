"""The entry points under `functions/`. Their file names are the names of everything else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PRODUCT = "stadion"
PATTERNS = ("api.py", "on_*.py", "task_*.py")


@dataclass(frozen=True)
class EntryPoint:
    folder: str
    """The service's package; `platform_` because the standard library has a `platform`."""
    stem: str

    @property
    def service(self) -> str:
        return self.folder.rstrip("_")

    @property
    def id(self) -> str:
        """The construct's id, `inventory-on-workout-events`."""
        return f"{self.service}-{self.stem.replace('_', '-')}"

    @property
    def name(self) -> str:
        """The name of the function, its queue, alarms and metrics: `stadion-inventory-on-workout-events`."""
        return f"{PRODUCT}-{self.id}"

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.stem}.py"

    @property
    def handler(self) -> str:
        return f"{self.folder}.{self.stem}.handler"

    @property
    def is_api(self) -> bool:
        return self.stem == "api"

    @property
    def is_waited_for(self) -> bool:
        """Somebody holds a phone while it starts."""
        return self.is_api or self.stem.startswith("on_socket_")

    def exists(self, functions: Path) -> bool:
        return (functions / self.path).is_file()


def folder_of(service: str) -> str:
    return "platform_" if service == "platform" else service


def entry_points(functions: Path) -> Iterator[EntryPoint]:
    for pattern in PATTERNS:
        for path in sorted(functions.glob(f"*/{pattern}")):
            yield EntryPoint(folder=path.parent.name, stem=path.stem)
