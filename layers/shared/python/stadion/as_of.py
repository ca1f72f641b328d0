"""What time an input says it is. Only the local stage lets it: a test looks at its own athlete's next morning there."""

from datetime import datetime
from typing import Final

from stadion import clock
from stadion.settings import settings

LOCAL: Final = "local"


class NotOnThisStageError(Exception):
    """Time is what the clock says, and waits are as long as the workflow says."""


def refuse_elsewhere() -> None:
    """NotOnThisStageError, unless this is the local stage."""
    if settings().stage != LOCAL:
        raise NotOnThisStageError(f"not on the stage {settings().stage}")


def moment(as_of: datetime | None) -> datetime:
    """That time, or the clock's. NotOnThisStageError."""
    if as_of is None:
        return clock.now()
    refuse_elsewhere()
    return as_of
