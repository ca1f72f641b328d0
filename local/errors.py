"""What can go wrong with the local stack, each told in the words of the person who can mend it."""

from pathlib import Path
from typing import ClassVar, Final

FAILURE: Final = 1
"""Exit code."""


class ActionableError(Exception):
    """The command line shows it as a panel, without a stack trace."""

    exit_code: ClassVar[int] = FAILURE
    title: ClassVar[str] = "That did not work"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class PortTaken(ActionableError):  # noqa: N818
    title: ClassVar[str] = "The port is taken"

    def __init__(self, port: int, owner: str | None) -> None:
        super().__init__(
            f"Port {port} is used by {owner or 'another program'}.",
            hint=f"Stop it, use another port (stadion up --port {port + 1}), or, if it is an AWS emulator that you "
            f"want to use, deploy into it:  stadion up --endpoint http://127.0.0.1:{port}",
        )


class PythonTooOld(ActionableError):  # noqa: N818
    title: ClassVar[str] = "This Python is too old"

    def __init__(self, found: tuple[int, int]) -> None:
        super().__init__(
            f"The local stack runs the functions on the host's Python and needs 3.11 or newer; this is "
            f"{found[0]}.{found[1]}.",
            hint="Make the environment anew with a newer one:  make PYTHON=python3.12 setup",
        )


class EmulatorDied(ActionableError):  # noqa: N818
    title: ClassVar[str] = "The emulator stopped"

    def __init__(self, port: int, exit_code: int | None, log: Path, last_lines: list[str]) -> None:
        how = f"ended with code {exit_code}" if exit_code is not None else "did not become healthy in time"
        tail = "\n".join(last_lines) or "(its log is empty)"
        super().__init__(f"MiniStack on port {port} {how}. Its last words:\n\n{tail}", hint=f"The whole log: {log}")
        self.last_lines = last_lines


class TimestreamDied(ActionableError):  # noqa: N818
    title: ClassVar[str] = "The local Timestream stopped"

    def __init__(self, log: Path, last_lines: list[str]) -> None:
        tail = "\n".join(last_lines) or "(its log is empty)"
        super().__init__(f"It does not listen. Its last words:\n\n{tail}", hint=f"The whole log: {log}")


class EmulatorStillRunning(ActionableError):  # noqa: N818
    title: ClassVar[str] = "The emulator does not stop"


class AnotherUpIsRunning(ActionableError):  # noqa: N818
    title: ClassVar[str] = "Another `stadion` is busy with this stack"

    def __init__(self, pid: str) -> None:
        self.owner = f"process {pid or '?'}"
        super().__init__(f"P{self.owner[1:]} is starting or deploying it right now.", hint="Wait for it to end.")


class ToolMissing(ActionableError):  # noqa: N818
    title: ClassVar[str] = "A tool is missing"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not installed.", hint="make setup")


class SynthFailed(ActionableError):  # noqa: N818
    title: ClassVar[str] = "The CDK app did not synthesize"


class BootstrapFailed(ActionableError):  # noqa: N818
    title: ClassVar[str] = "cdk bootstrap failed"


class DeployFailed(ActionableError):  # noqa: N818
    title: ClassVar[str] = "The deployment failed"
