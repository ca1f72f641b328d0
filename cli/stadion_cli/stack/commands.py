"""`stadion up | status | down | reset`: the local stack."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from local.aws import Aws
from stadion_cli.base.errors import CliError, StackNotRunning
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, confirm, say, say_line, show_facts, show_json, show_table
from stadion_cli.base.outputs import Outputs, api_url, partner_url, socket_url
from stadion_cli.base.target import Target, target
from stadion_cli.stack import service

if TYPE_CHECKING:
    from local.emulator import Emulator
    from stadion_cli.stack.conformance import Opinion

WAITING: Final = "ApproximateNumberOfMessages"
MINISTACK_MAIL: Final = "/_ministack/ses/messages"
LOCALSTACK_MAIL: Final = "/_aws/ses"
SIGN_IN: Final = (
    ("register", "{email, password}"),
    ("confirm", "{email, code, password}"),
    ("sign-in", "{email, password} → tokens"),
)
IN_WORK: Final = "ApproximateNumberOfMessagesNotVisible"


def up(
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    conformance: Annotated[
        bool | None,
        typer.Option(
            "--conformance/--no-conformance",
            help="Ask an emulator that is not ours for its opinion, when it is deployed to.",
            show_default="with --endpoint",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the local stack and deploy the working tree to it.

    The first time takes a minute or two; with nothing changed, a second; a changed function redeploys its stack.
    State is kept in [bold].stadion/<port>/[/bold] and survives a restart.

    [bold]Examples[/bold]

      [cyan]stadion up[/cyan]                                       on port 4566
      [cyan]stadion up --port 4600[/cyan]                           a second stack beside it
      [cyan]stadion up --endpoint http://localhost:4566[/cyan]      into a LocalStack that runs, and what differs there
    """
    from local.emulator import is_ministack

    aws, outcome = service.bring_up(port, endpoint, Steps(quiet=as_json))
    facts = _addresses(aws, Outputs.of(aws))
    others = endpoint is not None and not is_ministack(endpoint)
    opinion = _second_opinion(aws, quiet=as_json) if (others if conformance is None else conformance) else None
    if as_json:
        differs = {} if opinion is None else {"differs": [asdict(one) for one in opinion.differences]}
        show_json({**facts, "deployed": outcome.deployed, "unchanged": outcome.unchanged, **differs})
        return
    if opinion is not None:
        rows = [(one.what, one.found) for one in opinion.differences]
        show_table("What it does otherwise than AWS, as our tests know AWS", ("asked", "found"), rows, empty="nothing")
        say(f"{opinion.asked} asked, {opinion.left_out} of them of our own emulator alone")
    say()
    show_facts({name.replace("_", " "): value for name, value in facts.items()})
    _how_to_sign_in(facts)


def _second_opinion(aws: Aws, *, quiet: bool) -> "Opinion":
    from stadion_cli.stack.conformance import ask

    with Steps(quiet=quiet).step("what this emulator does otherwise (some minutes)") as report:
        opinion = ask(aws.endpoint)
        report(f"{len(opinion.differences)} of {opinion.asked} tests find something else here")
    return opinion


def down(*, port: Port = None) -> None:
    """Stop the local stack; its state is kept for the next [cyan]stadion up[/cyan]."""
    from local.lock import only_one

    emulator = service.own_emulator(port)
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

    emulator = service.own_emulator(port)
    if not confirm(f"Forget everything in {emulator.folder.path}?", yes=yes):
        raise CliError("Nothing was done.", hint="stadion reset --yes")
    with only_one(emulator.folder.lock):
        emulator.reset()
    say(f"The stack on port {emulator.port} is forgotten.")


def status(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """What runs, since when, what is deployed, and what waits in the queues.

    Of an account: its stacks, alarms that ring, functions without room, mappings that stand still, queues that are not
    empty.
    Exit code 3 when nothing runs.
    """
    if on_aws:
        _status_of_account(target(port, endpoint, on_aws=True), as_json=as_json)
        return
    aws, emulator = service.target(port, endpoint)
    if not service.answers(aws):
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


def _status_of_account(chosen: Target, *, as_json: bool) -> None:
    from stadion_cli.stack.glance import look

    found = look(chosen)
    if as_json:
        show_json(found)
        return
    show_facts(found["account"], title="Account")
    show_table("Deployed", ("stack", "status"), found["stacks"].items(), empty="nothing yet")
    show_table("Alarms that ring", ("alarm", "since", "meaning"), found["alarms"], empty="none")
    show_table("Without room in the last hour", ("function", "times"), found["throttled"], empty="none")
    show_table("Mappings that stand still", ("function", "source", "state"), found["mappings"], empty="none")
    show_table("Queues that are not empty", ("queue", "waiting", "in work"), found["queues"], empty="none")


def _look(aws: Aws, emulator: "Emulator | None") -> dict[str, Any]:
    from local.cloudformation_properties import idle, inert
    from local.deployment import Stamp
    from local.emulator import health

    stamp = Stamp.read((emulator.folder if emulator else service.folder_of(aws)).stamp)
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
