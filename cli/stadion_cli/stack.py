"""`stadion up | status | down | reset`: the local stack."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from local.aws import Aws, local_endpoint
from stadion_cli.errors import CliError, StackNotRunning, UsageError
from stadion_cli.output import Json, Steps, confirm, say, say_line, show_facts, show_json, show_table
from stadion_cli.outputs import Outputs, api_url, partner_url, socket_url

if TYPE_CHECKING:
    from local.deployment import CdkApp, Outcome
    from local.emulator import Emulator
    from local.paths import StackFolder

Port = Annotated[
    int | None, typer.Option("--port", "-p", min=1, max=65535, help="Port of the local stack.", show_default="4566")
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", "-e", metavar="URL", help="Use the emulator that runs there (LocalStack, …)."),
]
WAITING: Final = "ApproximateNumberOfMessages"
MANY: Final = 3
MINISTACK_MAIL: Final = "/_ministack/ses/messages"
LOCALSTACK_MAIL: Final = "/_aws/ses"
SIGN_IN: Final = (
    ("register", "{email, password}"),
    ("confirm", "{email, code, password}"),
    ("sign-in", "{email, password} → tokens"),
)
IN_WORK: Final = "ApproximateNumberOfMessagesNotVisible"


def up(*, port: Port = None, endpoint: Endpoint = None, as_json: Json = False) -> None:
    """Start the local stack and deploy the working tree to it.

    The first time takes a minute or two; with nothing changed, a second; a changed function redeploys its stack.
    State is kept in [bold].stadion/<port>/[/bold] and survives a restart.

    [bold]Examples[/bold]

      [cyan]stadion up[/cyan]                                       on port 4566
      [cyan]stadion up --port 4600[/cyan]                           a second stack beside it
      [cyan]stadion up --endpoint http://localhost:4566[/cyan]      into a LocalStack that runs already
    """
    aws, outcome = bring_up(port, endpoint, Steps(quiet=as_json))
    facts = _addresses(aws, Outputs.of(aws))
    if as_json:
        show_json({**facts, "deployed": outcome.deployed, "unchanged": outcome.unchanged})
        return
    say()
    show_facts({name.replace("_", " "): value for name, value in facts.items()})
    _how_to_sign_in(facts)


def bring_up(port: int | None, endpoint: str | None, steps: Steps) -> "tuple[Aws, Outcome]":
    """Starts what has to be started and deploys what has changed."""
    from local.lock import only_one

    aws, emulator = _target(port, endpoint)
    folder = emulator.folder if emulator else _folder_of(aws)
    with only_one(folder.lock):
        if emulator:
            with steps.step(f"emulator on port {emulator.port}") as report:
                report(f"emulator {'started' if emulator.start() else 'runs'} on port {emulator.port}")
        elif not _answers(aws):
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


def down(*, port: Port = None) -> None:
    """Stop the local stack; its state is kept for the next [cyan]stadion up[/cyan]."""
    from local.lock import only_one

    emulator = _own_emulator(port)
    with only_one(emulator.folder.lock):
        say(f"Stopped port {emulator.port}." if emulator.stop() else f"Nothing of ours runs on port {emulator.port}.")


def reset(
    *,
    port: Port = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop the local stack and forget its users, workouts, files and deployments.

    [bold]Example[/bold]

      [cyan]stadion reset --yes && stadion up[/cyan]      a fresh start
    """
    from local.lock import only_one

    emulator = _own_emulator(port)
    if not confirm(f"Forget everything in {emulator.folder.path}?", yes=yes):
        raise CliError("Nothing was done.", hint="stadion reset --yes")
    with only_one(emulator.folder.lock):
        emulator.reset()
    say(f"The stack on port {emulator.port} is forgotten.")


def status(*, port: Port = None, endpoint: Endpoint = None, as_json: Json = False) -> None:
    """What runs, since when, what is deployed, and what waits in the queues.

    Exit code 3 when nothing runs.
    """
    aws, emulator = _target(port, endpoint)
    if not _answers(aws):
        raise StackNotRunning(aws.endpoint)
    found = _look(aws, emulator)
    if as_json:
        show_json(found)
        return
    show_facts(found["stack"], title="Stack")
    if found["urls"]:
        say()
        show_facts(found["urls"], title="Addresses")
    show_table("Deployed", ("stack", "status"), found["stacks"].items(), empty="nothing yet: stadion up")
    show_table("Queues", ("queue", "waiting", "in work"), found["queues"], empty="none")
    if found["inert"]:
        say()
        show_facts(_said_in_vain(found), title="Said by the templates, and not as on AWS")


def _look(aws: Aws, emulator: "Emulator | None") -> dict[str, Any]:
    from local.cloudformation_properties import idle, inert
    from local.deployment import Stamp
    from local.emulator import health

    stamp = Stamp.read((emulator.folder if emulator else _folder_of(aws)).stamp)
    running = emulator.running() if emulator else None
    told = health(aws.endpoint) or {}
    stacks = {name: state for name, state in aws.stack_states().items() if name.startswith("stadion-")}
    return {
        "stack": {
            "endpoint": aws.endpoint,
            "emulator": f"{told.get('version', '?')}{'' if running else ' (not started by stadion)'}",
            **({"process": running.pid, "since": running.started_at.isoformat()} if running else {}),
            "time series": _time_series(emulator),
            "deployed": f"{stamp.content_hash} at {stamp.deployed_at}" if stamp.content_hash else "no",
            "functions": len(aws.function_names("stadion-")),
        },
        "urls": _addresses(aws, Outputs.of(aws)) if stacks else {},
        "stacks": dict(sorted(stacks.items())),
        "queues": [list(row) for row in _queues(aws)],
        "inert": inert() if emulator else {},
        "idle": idle() if emulator else {},
    }


def _said_in_vain(found: dict[str, Any]) -> dict[str, str]:
    """The names only: the reasons are many lines."""
    return {
        "kept nowhere": ", ".join(found["inert"]),
        "kept, not done": ", ".join(found["idle"]),
        "why": "stadion status --json, local/cloudformation_properties.toml",
    }


def _time_series(emulator: "Emulator | None") -> str:
    timestream = emulator.timestream if emulator else None
    running = timestream.running() if timestream else None
    if timestream is None or running is None:
        return "rollups in DynamoDB"
    return f"Timestream (local) on {timestream.url}, process {running.pid}"


def _queues(aws: Aws) -> list[tuple[str, int, int]]:
    """Name, messages waiting, messages in work; the deepest first."""
    rows = []
    for url in aws.sqs.list_queues(QueueNamePrefix="stadion-").get("QueueUrls", []):
        depth = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[WAITING, IN_WORK])["Attributes"]
        rows.append((url.rpartition("/")[2], int(depth[WAITING]), int(depth[IN_WORK])))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _addresses(aws: Aws, outputs: Outputs) -> dict[str, str]:
    from local.emulator import is_ministack

    base = api_url(aws.endpoint, outputs)
    known = {"api": base, "api_docs": f"{base}/docs"} if base else {}
    if live := socket_url(aws.endpoint, outputs):
        known["live"] = live
    if partners := partner_url(aws.endpoint, outputs):
        known["partner_api"] = partners
    return known | {
        "mail": f"{aws.endpoint}{MINISTACK_MAIL if is_ministack(aws.endpoint) else LOCALSTACK_MAIL}",
        "endpoint": aws.endpoint,
        **({"user_pool_client": outputs["UserPoolClientId"]} if "UserPoolClientId" in outputs else {}),
    }


def _how_to_sign_in(facts: dict[str, str]) -> None:
    if "api" not in facts:
        return
    say("\n[bold]Sign in[/bold]")
    say_line(
        "  [cyan]stadion demo[/cyan] registers athletes and leaves a token; or by hand, with the code from the mail:"
    )
    for path, body in SIGN_IN:
        say_line(f"  POST {facts['api']}/v1/auth/{path:<9} [dim]{body}[/dim]")


def _told(outcome: "Outcome") -> str:
    if not outcome.deployed:
        return "nothing changed"
    unchanged = f", {len(outcome.unchanged)} unchanged" if outcome.unchanged else ""
    many = len(outcome.deployed) > MANY
    return f"deployed {f'{len(outcome.deployed)} stacks' if many else ', '.join(outcome.deployed)}{unchanged}"


def _target(port: int | None, endpoint: str | None) -> tuple[Aws, "Emulator | None"]:
    """The AWS to talk to, and our emulator, unless it is somebody else's."""
    if endpoint and port:
        raise UsageError("--port is for the stack that stadion starts, --endpoint for one that runs already.")
    if endpoint:
        return Aws.local(endpoint=endpoint), None
    aws = Aws.local(port=port)
    if not aws.is_on_this_machine():
        return aws, None
    emulator = _own_emulator(port)
    return Aws.local(port=emulator.port), emulator


def _own_emulator(port: int | None) -> "Emulator":
    from local.emulator import Emulator

    return Emulator(port or Aws.local(endpoint=local_endpoint()).port, with_timestream=True)


def _folder_of(aws: Aws) -> "StackFolder":
    from urllib.parse import urlsplit

    from local.paths import HOME, StackFolder

    return StackFolder(HOME / f"endpoint-{urlsplit(aws.endpoint).hostname}-{aws.port}")


def _answers(aws: Aws) -> bool:
    from local.emulator import health

    return health(aws.endpoint) is not None
