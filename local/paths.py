"""Where the local stack keeps its things: all under `.stadion/`, one folder per port."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
HOME: Final = ROOT / ".stadion"
CACHE: Final = HOME / "cache"
CLOUD_ASSEMBLIES: Final = HOME / "cdk.out"
VENV_BIN: Final = Path(sys.prefix) / "bin"
CDK: Final = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"


@dataclass(frozen=True)
class StackFolder:
    """The files of one emulator."""

    path: Path

    @classmethod
    def of_port(cls, port: int) -> "StackFolder":
        return cls(HOME / str(port))

    @property
    def state(self) -> Path:
        return self.path / "state"

    @property
    def objects(self) -> Path:
        return self.path / "s3"

    @property
    def temporary(self) -> Path:
        return self.path / "tmp"

    @property
    def log(self) -> Path:
        return self.path / "emulator.log"

    @property
    def process(self) -> Path:
        return self.path / "emulator.json"

    @property
    def timestream(self) -> Path:
        return self.path / "timestream"

    @property
    def timestream_log(self) -> Path:
        return self.path / "timestream.log"

    @property
    def timestream_process(self) -> Path:
        return self.path / "timestream.json"

    @property
    def stamp(self) -> Path:
        return self.path / "deployed.json"

    @property
    def outputs(self) -> Path:
        return self.path / "outputs.json"

    @property
    def lock(self) -> Path:
        """Beside the folder, not in it: `reset` removes the folder while it holds the lock."""
        return self.path.with_name(f"{self.path.name}.lock")
