"""A partner's catalogue from a file: how far an import has come."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from stadion.values import Value

MAX_ERRORS_SHOWN = 50
MAX_REFUSED_FOR_FULL = 0.1
"""A file of which more is refused than this says too little to take the rest of the catalogue out of sale."""


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LineError(Value):
    line: int
    code: str
    field: str | None = None
    detail: str


class Import(Value):
    import_id: str
    partner_id: str
    format: str
    full: bool = False
    state: State = State.WAITING
    problem: str | None = None
    revision: int = 1
    lines: int = Field(default=0, description="done so far: a crash goes on from here")
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    no_longer_sold: int = 0
    errors: list[LineError] = Field(default_factory=list)
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None

    def moved(self, **fields: Any) -> "Import":
        return self.model_copy(update={**fields, "revision": self.revision + 1})

    @property
    def is_over(self) -> bool:
        return self.state in {State.DONE, State.FAILED}
