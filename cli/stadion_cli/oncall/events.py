"""`stadion events`: watch the bus, replay its archive, publish again what a relay failure left behind."""

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import uuid4

import typer

from stadion_cli.base.errors import CliError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Report, Steps, say, say_line, say_raw, show_json, show_table
from stadion_cli.base.target import Target, target
from stadion_cli.base.times import moment, now

if TYPE_CHECKING:
    from stadion_cli.oncall.outboxes import Waiting

app: Final = typer.Typer(
    help="Watch the bus, replay its archive, publish again what was left behind.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
Types = Annotated[list[str] | None, typer.Option("--type", help="Only this event; may be given several times.")]
ENDED: Final = {"COMPLETED", "CANCELLED", "FAILED"}
POLL_S: Final = 0.5


@app.command()
def tail(
    *,
    types: Types = None,
    user: Annotated[str | None, typer.Option(help="Only events of this user id.")] = None,
    correlation: Annotated[str | None, typer.Option(help="Only events with this correlation id.")] = None,
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="Stop after so many.")] = None,
    seconds: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Show events as they pass over the bus.

    It listens with a rule and a queue of its own, and removes both at the end.

    [bold]Examples[/bold]

      [cyan]stadion events tail[/cyan]                                   everything, until Ctrl-C
      [cyan]stadion events tail --type GearWearReached --user ID[/cyan]  one athlete's gear
      [cyan]stadion events tail --json -n 1 | jq .detail.data[/cyan]     one event as it is
    """
    from stadion_cli.base.listener import Wanted, listening

    chosen = target(port, endpoint, on_aws=on_aws)
    deadline = time.monotonic() + seconds if seconds else None
    seen = 0
    with listening(chosen, Wanted(types or [], user, correlation)) as listener:
        if not as_json:
            say("[dim]listening; Ctrl-C ends it[/dim]")
        while (count is None or seen < count) and (deadline is None or time.monotonic() < deadline):
            for event in listener.read()[: None if count is None else count - seen]:
                seen += 1
                say_raw(json.dumps(event, ensure_ascii=False)) if as_json else say_line(readable(event))


def readable(event: dict[str, Any]) -> str:
    detail = event["detail"]
    at = datetime.fromisoformat(detail["occurred_at"]).astimezone()
    return (
        f"[dim]{at:%H:%M:%S.%f}"[:-3] + f"[/dim] [bold cyan]{event['detail-type']:<22}[/bold cyan] "
        f"[dim]{event['source'].removeprefix('stadion.')}[/dim] {_told(detail['data'])} "
        f"[dim]user={detail['user_id']} correlation={detail['correlation_id']} event={detail['event_id']}[/dim]"
    )


def _told(data: dict[str, Any]) -> str:
    """Ids, numbers and words of one level; of what is nested, its id."""
    plain = {k: v for k, v in data.items() if isinstance(v, (str, int, float, bool))}
    nested = {"workout_id": data["workout"].get("workout_id")} if isinstance(data.get("workout"), dict) else {}
    return " ".join(f"[dim]{key}=[/dim]{value}" for key, value in {**nested, **plain}.items())


@app.command()
def replay(
    *,
    since: Annotated[str, typer.Option("--from", help="Begin: 2h (ago), or an RFC 3339 time.")],
    until: Annotated[str | None, typer.Option("--to", help="End; now without it.", show_default=False)] = None,
    types: Types = None,
    consumer: Annotated[
        str | None, typer.Option("--to-consumer", help="Only to consumers with this in their name.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until it has ended.")] = True,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Deliver archived events again, to rebuild what was computed from them.

    Safe at any time: consumers keep a ledger, so that an event counts once however often it comes. [bold]--type[/bold]
    chooses the consumers that listen to that event; a chosen consumer gets all that it listens to.

    [bold]Examples[/bold]

      [cyan]stadion events replay --from 2h[/cyan]                                   the last two hours, to everybody
      [cyan]stadion events replay --from 2026-11-20T00:00:00Z --to-consumer inventory[/cyan]
      [cyan]stadion events replay --from 30m --type NotificationRequested --no-wait[/cyan]
    """
    from stadion_cli.oncall.bus_store import archive_arn, only, subscriptions

    chosen = target(port, endpoint, on_aws=on_aws)
    begin, end = moment(since, now()), moment(until, now()) if until else now()
    if begin >= end:
        raise CliError(f"{begin.isoformat()} is not before {end.isoformat()}.")
    rules = only(subscriptions(chosen), types=types or [], name=consumer)
    archive = archive_arn(chosen)
    name = f"stadion-{now():%Y%m%d%H%M%S}-{uuid4().hex[:4]}"
    bus = chosen.aws.events.describe_event_bus(Name=chosen.bus)["Arn"]
    names = [rule.name.removeprefix("stadion-") for rule in rules]
    chosen.aws.events.start_replay(
        ReplayName=name,
        EventSourceArn=archive,
        EventStartTime=begin,
        EventEndTime=end,
        Destination={"Arn": bus, "FilterArns": [rule.arn for rule in rules]},
    )
    with Steps(quiet=as_json).step(f"replay {name} to {', '.join(names)}") as report:
        state = _wait_for(chosen, name, begin, end, report) if wait else "STARTED"
    if as_json:
        show_json({"replay": name, "state": state, "from": begin, "to": end, "consumers": names})
    if state in {"FAILED", "CANCELLED"}:
        raise CliError(f"The replay {name} ended as {state}.", hint="aws events describe-replay")


def _wait_for(chosen: Target, name: str, begin: datetime, end: datetime, report: Report) -> str:
    while True:
        found = chosen.aws.events.describe_replay(ReplayName=name)
        state = str(found["State"])
        last = found.get("EventLastReplayedTime")
        share = f"{100 * (last - begin).total_seconds() / (end - begin).total_seconds():.0f} %" if last else "…"
        report(f"replay {name}: {state.lower()}  ({share} of the time span)")
        if state in ENDED:
            return state
        time.sleep(POLL_S)


@app.command()
def republish(
    service: Annotated[str, typer.Argument(help="The service whose table holds the events: workouts, inventory, …")],
    *,
    since: Annotated[str, typer.Option("--from", help="Begin: 2h (ago), or an RFC 3339 time.")] = "1d",
    until: Annotated[str | None, typer.Option("--to", help="End; now without it.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what the relay says it has published.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Publish events that are in a service's outbox and never reached the bus.

    For the hours after a relay failure (alarm [bold]relay-failures[/bold]): the outbox keeps events for seven days.
    What the relay's log says was published is left out; sent twice, an event still counts once.

    [bold]Examples[/bold]

      [cyan]stadion events republish workouts --from 2h --dry-run[/cyan]    what is missing
      [cyan]stadion events republish workouts --from 2h[/cyan]              send it
    """
    from stadion_cli.oncall.outboxes import outbox, published, send_again

    chosen = target(port, endpoint, on_aws=on_aws)
    begin, end = moment(since, now()), moment(until, now()) if until else now()
    steps = Steps(quiet=as_json)
    with steps.step(f"reading the outbox of {service}") as report:
        items = outbox(chosen, service, begin, end)
        if not everything:
            known = published(chosen, begin)
            items = [item for item in items if item.event_id not in known]
        report(f"{len(items)} events of {service} {'in the outbox' if everything else 'never reached the bus'}")
    if items and not dry_run:
        with steps.step("publishing") as report:
            for done in send_again(chosen, items):
                report(f"{done} of {len(items)} published")
    _show(items, sent=not dry_run, as_json=as_json)


def _show(items: "list[Waiting]", *, sent: bool, as_json: bool) -> None:
    names = ("occurred_at", "event", "event_id")
    rows = [(f"{item.occurred_at:%Y-%m-%d %H:%M:%S.%f}"[:-3], item.event, item.event_id) for item in items]
    if as_json:
        show_json({"sent": sent, "events": [dict(zip(names, row, strict=True)) for row in rows]})
    elif rows:
        show_table("Published again" if sent else "Would be published", ("occurred at", "event", "event id"), rows)
