"""`stadion dlq`: messages that could not be handled."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from stadion_cli.base.errors import CliError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, say, show_facts, show_json, show_table
from stadion_cli.base.target import target

app: Final = typer.Typer(
    help="Messages that could not be handled: look at them, and send them back to work.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
Queue = Annotated[str, typer.Argument(help="The queue, or enough of its name: notification-requests.")]
SAMPLE: Final = 10


@app.command("list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All dead-letter queues, with how many messages wait and since when the oldest does.

    [bold]Examples[/bold]

      [cyan]stadion dlq list[/cyan]
      [cyan]stadion dlq list --json | jq '.[] | select(.depth > 0)'[/cyan]
    """
    from stadion_cli.oncall.queues_store import dead_letter_queues, depth, look

    chosen = target(port, endpoint, on_aws=on_aws)
    found: list[dict[str, Any]] = []
    for queue in dead_letter_queues(chosen):
        waiting = depth(chosen, queue)
        letters = look(chosen, queue, limit=SAMPLE) if waiting else []
        oldest = letters[0].sent_at if letters else None
        found.append({"queue": queue.name, "depth": waiting, "oldest": oldest})
    if as_json:
        show_json(found)
        return
    ordered = sorted(found, key=lambda row: -row["depth"])
    rows = [(_short(row["queue"]), row["depth"], age(row["oldest"])) for row in ordered]
    show_table("Dead letters", ("queue", "messages", "oldest"), rows, empty="no such queues")
    if full := [row for row in ordered if row["depth"]]:
        say(f"\n[dim]→[/dim] [cyan]stadion dlq show {_short(full[0]['queue'])}[/cyan]")
    else:
        say("\n[green]All empty.[/green]")


@app.command()
def show(
    queue: Queue,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """The messages of a queue, which stay there, and why each failed.

    [bold]Example[/bold]

      [cyan]stadion dlq show notification-requests[/cyan]
    """
    from stadion_cli.oncall.queues_store import last_errors, look, named

    chosen = target(port, endpoint, on_aws=on_aws)
    found = named(chosen, queue)
    letters = look(chosen, found, limit=limit)
    errors = last_errors(chosen, found, letters) if letters else {}
    told = [{**letter.facts(), "last_error": errors.get(letter.message_id)} for letter in letters]
    if as_json:
        show_json({"queue": found.name, "messages": told})
        return
    if not told:
        say(f"{found.name} is empty.")
    for number, facts in enumerate(told, start=1):
        known = {name.replace("_", " "): value for name, value in facts.items() if value not in (None, "", "sent_at")}
        say()
        show_facts({**known, "sent at": f"{facts['sent_at']:%Y-%m-%d %H:%M:%S} UTC, {age(facts['sent_at'])} ago"},
                   title=f"{number} of {len(told)}: {facts['event']}")  # fmt: skip
    if told:
        say(f"\nCause mended?  [cyan]stadion dlq redrive {found.short}[/cyan]")


@app.command()
def redrive(
    queue: Queue,
    *,
    only: Annotated[str | None, typer.Option("--only", help="Only the message with this event id.")] = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Send the messages back to the queue that they came from.

    Do it when the cause is mended. Nothing is lost on the way, and what was half done before is not done twice.

    [bold]Examples[/bold]

      [cyan]stadion dlq redrive notification-requests[/cyan]
      [cyan]stadion dlq redrive notification-requests --only 0193a1c0-…[/cyan]     try one first
    """
    from stadion_cli.oncall.queues_store import named
    from stadion_cli.oncall.queues_store import redrive as send_back

    chosen = target(port, endpoint, on_aws=on_aws)
    found = named(chosen, queue)
    moved = 0
    with Steps(quiet=as_json).step(f"back to {found.function}") as report:
        for moved in send_back(chosen, found, only=only):
            report(f"{moved} back in {found.function}")
        report(f"{moved} back in {found.function}")
    if only and not moved:
        raise CliError(f"There is no message with the event id {only}.", hint=f"stadion dlq show {found.short}")
    if as_json:
        show_json({"queue": found.function, "moved": moved})


def age(since: datetime | None) -> str:
    """2 d 4 h, 3 h 5 min, 40 s."""
    if since is None:
        return "–"
    seconds = int((datetime.now(UTC) - since).total_seconds())
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    told = [f"{value} {unit}" for value, unit in parts if value]
    return " ".join(told[:2]) or "0 s"


def _short(name: str) -> str:
    return name.removeprefix("stadion-").removesuffix("-dlq")
