"""A partner's catalogue from a file: how far an import has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from partners.catalogue.problems import FileProblem
from stadion.i18n import Language
from stadion.values import Value

MAX_ERRORS_SHOWN = 50
MAX_REFUSED_FOR_FULL = 0.1
"""A file of which more is refused than this says too little to take the rest of the catalogue out of sale."""


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DONE_WITH_ERRORS = "done_with_errors"
    FAILED = "failed"


class LineError(Value):
    line: int
    code: str
    field: str | None = None
    detail: str
    """In English."""
    detail_ru: str | None = None
    """None in what was stored before 2026-12."""

    def said(self, language: Language) -> str:
        return self.detail_ru if language is Language.RU and self.detail_ru else self.detail


class Import(Value):
    import_id: str
    partner_id: str
    format: str
    full: bool = False
    state: State = State.WAITING
    problem: str | None = None
    problem_about: str | None = None
    revision: int = 1
    lines: int = Field(default=0, description="done so far: a crash goes on from here")
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    broken: int = Field(default=0, description="of the refused: lines of which nobody can tell the product")
    no_longer_sold: int = 0
    errors: list[LineError] = Field(default_factory=list)
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None

    def moved(self, **fields: Any) -> "Import":
        return self.model_copy(update={**fields, "revision": self.revision + 1})

    def ended(self, now: datetime) -> "Import":
        state = State.DONE_WITH_ERRORS if self.refused or self.problem else State.DONE
        return self.model_copy(update={"state": state, "finished_at": now})

    @property
    def why_nothing_ends(self) -> FileProblem | None:
        """Of a full file: it does not say reliably enough what the catalogue has."""
        if self.broken:
            return FileProblem.BROKEN_LINES
        return FileProblem.TOO_MANY_REFUSED if self.refused > self.lines * MAX_REFUSED_FOR_FULL else None

    @property
    def is_over(self) -> bool:
        return self.state in {State.DONE, State.DONE_WITH_ERRORS, State.FAILED}
