"""The local stack: started where it has to be, and what has changed deployed to it."""

from typing import TYPE_CHECKING, Any, Final

from local.aws import Aws, local_endpoint
from stadion_cli.base.errors import StackNotRunning, UsageError
from stadion_cli.base.output import Steps

if TYPE_CHECKING:
    from local.deployment import CdkApp, Outcome
    from local.emulator import Emulator
    from local.paths import StackFolder

MANY: Final = 3


def bring_up(port: int | None, endpoint: str | None, steps: Steps) -> "tuple[Aws, Outcome]":
    """Starts what has to be started and deploys what has changed."""
    from local.lock import only_one

    aws, emulator = target(port, endpoint)
    folder = emulator.folder if emulator else folder_of(aws)
    with only_one(folder.lock):
        if emulator:
            with steps.step(f"emulator on port {emulator.port}") as report:
                report(f"emulator {'started' if emulator.start() else 'runs'} on port {emulator.port}")
        elif not answers(aws):
            raise StackNotRunning(aws.endpoint)
        with steps.step("looking for changes") as report:
            outcome = deploy(aws, folder, report=report)
            report(_told(outcome))
    return aws, outcome


def deploy(aws: Aws, folder: "StackFolder", *, app: "CdkApp | None" = None, report: Any = None) -> "Outcome":
    """What `up` does once an emulator answers; tests use it too."""
    from local.deployment import Deployment

    folder.path.mkdir(parents=True, exist_ok=True)
    return Deployment(aws, folder, app).run(report or (lambda _: None))


def _told(outcome: "Outcome") -> str:
    if not outcome.deployed:
        return "nothing changed"
    unchanged = f", {len(outcome.unchanged)} unchanged" if outcome.unchanged else ""
    many = len(outcome.deployed) > MANY
    return f"deployed {f'{len(outcome.deployed)} stacks' if many else ', '.join(outcome.deployed)}{unchanged}"


def target(port: int | None, endpoint: str | None) -> tuple[Aws, "Emulator | None"]:
    """The AWS to talk to, and our emulator, unless it is somebody else's."""
    if endpoint and port:
        raise UsageError("--port is for the stack that stadion starts, --endpoint for one that runs already.")
    if endpoint:
        return Aws.local(endpoint=endpoint), None
    aws = Aws.local(port=port)
    if not aws.is_on_this_machine():
        return aws, None
    emulator = own_emulator(port)
    return Aws.local(port=emulator.port), emulator


def own_emulator(port: int | None) -> "Emulator":
    from local.emulator import Emulator

    return Emulator(port or Aws.local(endpoint=local_endpoint()).port, with_timestream=True)


def folder_of(aws: Aws) -> "StackFolder":
    from urllib.parse import urlsplit

    from local.paths import HOME, StackFolder

    return StackFolder(HOME / f"endpoint-{urlsplit(aws.endpoint).hostname}-{aws.port}")


def answers(aws: Aws) -> bool:
    from local.emulator import health

    return health(aws.endpoint) is not None
