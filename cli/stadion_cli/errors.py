"""Errors that a person can act on: what happened, what to do, and the exit code for scripts."""

from typing import ClassVar, Final

OK: Final = 0
FAILURE: Final = 1
USAGE: Final = 2
NOT_RUNNING: Final = 3


class CliError(Exception):
    """Shown as a panel, without a stack trace."""

    exit_code: ClassVar[int] = FAILURE
    title: ClassVar[str] = "That did not work"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CliError):
    exit_code = USAGE
    title = "That cannot be asked this way"


class StackNotRunning(CliError):  # noqa: N818 - reads as what happened
    exit_code = NOT_RUNNING
    title = "The stack is not running"

    def __init__(self, endpoint: str) -> None:
        super().__init__(f"Nothing answers at {endpoint}.", hint="Start it with:  stadion up")


class NotDeployed(CliError):  # noqa: N818
    exit_code = NOT_RUNNING
    title = "Stadion is not deployed there"

    def __init__(self, endpoint: str) -> None:
        super().__init__(f"{endpoint} answers, but has no stack whose name starts with stadion-.", hint="stadion up")
