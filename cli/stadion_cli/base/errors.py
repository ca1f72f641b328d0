"""Errors that a person can act on: what happened, what to do, and the exit code for scripts."""

from typing import Final

from local.errors import ActionableError

OK: Final = 0
USAGE: Final = 2
NOT_RUNNING: Final = 3


class CliError(ActionableError):
    """Of the commands themselves."""


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

    def __init__(self, endpoint: str, *, hint: str = "stadion up") -> None:
        super().__init__(f"{endpoint} answers, but has no stack whose name starts with stadion-.", hint=hint)


class AwsRefuses(CliError):  # noqa: N818
    """Whoever asks, and not what they ask, is refused."""

    exit_code = USAGE
    title = "AWS refuses your identity"
