"""`stadion trace`: what happened to this workout?"""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from stadion_cli.base.errors import CliError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Harmless, Json, say, say_line, show_json
from stadion_cli.base.target import Target, target
from stadion_cli.base.times import moment, now

if TYPE_CHECKING:
    from rich.tree import Tree

    from stadion_cli.oncall.trace_domain import Step, Trace

MARKS: Final = {"done": "[green]✓[/green]", "failed": "[red]✗[/red]", "waiting": "[yellow]…[/yellow]",
                "stuck": "[red]●[/red]"}  # fmt: skip
MAX_ERROR: Final = 160


def trace(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A workout's, upload's, event's or correlation id.")],
    *,
    since: Annotated[str, typer.Option(help="How far back to look: 2h, 3d, or an RFC 3339 time.")] = "1d",
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Every step that a workout caused: the request, its events, what each consumer made of them.

    Times are milliseconds since the request came in. A step that failed is marked, and so is an event that a consumer
    should have handled and has not. The [bold]trace_id[/bold] of a problem that a user reports is a correlation id;
    an app's own [bold]X-Correlation-Id[/bold] finds its requests, too.

    [bold]Examples[/bold]

      [cyan]stadion trace 0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11[/cyan]
      [cyan]stadion trace 3f1c6f0e-… --since 3d[/cyan]
      [cyan]stadion trace ID --json | jq '.[].steps[] | select(.state != "done")'[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    found = find(chosen, id_, moment(since, now()))
    if not found:
        raise CliError(f"Nothing was logged about {id_} since {since}.", hint=f"stadion trace {id_} --since 7d")
    if as_json:
        show_json([{**asdict(one), "took_ms": one.ended_ms} for one in found])
        return
    for one in found:
        _show(one)


def find(chosen: Target, id_: str, since: datetime) -> "list[Trace]":
    """Two searches: which requests mention it, then all that these caused."""
    from stadion_cli.oncall import insights, loglines
    from stadion_cli.oncall.bus_store import subscriptions
    from stadion_cli.oncall.trace_domain import traces

    lines_with = loglines.lines_with if chosen.is_local else insights.lines_with
    mentioned = lines_with(chosen.aws, [id_], since=since)
    names = {line.correlation_id for line in mentioned} - {""}
    return traces(lines_with(chosen.aws, names, since=since), subscriptions(chosen), now())


def _show(found: "Trace") -> None:
    from rich.tree import Tree

    from stadion_cli.oncall.trace_domain import State

    at = found.started_at.astimezone()
    tree = Tree(f"[bold]{at:%Y-%m-%d %H:%M:%S}[/bold]  correlation {found.correlation_id}", guide_style="dim")
    for step in found.steps:
        _add(tree, step)
    say()
    _console().print(tree)
    troubled = found.in_state(State.FAILED, State.STUCK)
    waiting = found.in_state(State.WAITING)
    total = f"{len(found.all_steps)} steps in {found.ended_ms:,.0f} ms".replace(",", " ")
    if troubled:
        say_line(f"[red]{len(troubled)} of {total} failed or stuck[/red]  [dim]→[/dim] {_advice(troubled)}")
    elif waiting:
        say_line(f"[yellow]{len(waiting)} of {total} not heard of yet[/yellow]")
    else:
        say_line(f"[green]{total}, all done[/green]")


def _console() -> Harmless:
    """As wide as the terminal; wide enough for a line each in a file."""
    console = Harmless(highlight=False)
    return console if console.is_terminal else Harmless(highlight=False, width=400)


def _add(tree: "Tree", step: "Step") -> None:
    branch = tree.add(line_of(step))
    for child in step.children:
        _add(branch, child)


def line_of(step: "Step") -> str:
    from rich.markup import escape

    ms = f"{step.ms:>8.0f} ms" if step.ms is not None else "          –"
    who = step.function.removeprefix("stadion-")
    if step.what in {"consumed", "failed", "nothing heard"}:
        name = f"[cyan]{who}[/cyan]" + (f" [yellow]{step.what}[/yellow]" if step.what == "nothing heard" else "")
    else:
        name = f"[bold]{escape(step.what)}[/bold] [dim]{who}[/dim]"
    outcome = escape(step.outcome[:MAX_ERROR]) if step.outcome not in {"published", ""} else ""
    took = f" [dim]{step.took_ms:.0f} ms[/dim]" if step.took_ms is not None else ""
    tries = f" [yellow]try {step.tries}[/yellow]" if step.tries > 1 else ""
    effects = " ".join(f"[dim]{escape(key)}=[/dim]{escape(_short(value))}" for key, value in step.effects.items())
    return f"{MARKS[step.state.value]} [dim]{ms}[/dim]  {name} {outcome}{took}{tries} {effects}".rstrip()


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_short, value))
    if isinstance(value, dict):
        return ",".join(f"{key}:{_short(inner)}" for key, inner in value.items())
    return str(value)


def _advice(troubled: "list[Step]") -> str:
    consumers = [step.function for step in troubled if step.what in {"failed", "nothing heard"}]
    if consumers:
        return f"[cyan]stadion dlq show {consumers[0].removeprefix('stadion-')}[/cyan]"
    return f"[cyan]stadion logs {troubled[0].function.removeprefix('stadion-')}[/cyan]"
