"""`stadion workouts remeasure`: old workouts are measured anew, over the API's signed routes."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base import files, times
from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, confirm, say, show_json
from stadion_cli.base.signed import Refused, call
from stadion_cli.base.target import Target, target
from stadion_cli.workouts import report as remeasured

app: Final = typer.Typer(
    help="Workouts of all athletes. Your AWS identity must be allowed on the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
remeasure: Final = typer.Typer(
    help="Measure old workouts anew from the recordings that are kept: a list first, then what was listed.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(remeasure, name="remeasure")
BASE: Final = "/v1/admin/remeasure-runs"
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's name, as `start` and `list` tell it.")]
Moment = Annotated[str | None, typer.Option(metavar="TIME", help="2026-11-21T06:30:00Z, or 30d (ago).")]


class Format(StrEnum):
    FIT = "fit"
    GPX = "gpx"
    TCX = "tcx"


@remeasure.command()
def start(
    *,
    apply: Annotated[
        str | None, typer.Option("--apply", metavar="RUN", help="Apply the list of this dry run, at most 7 days old.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Only this athlete's, by user id.")] = None,
    started_from: Moment = None,
    started_to: Moment = None,
    file_format: Annotated[
        Format | None, typer.Option("--format", case_sensitive=False, help="Only those with a file of it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Begin a dry run, which changes nothing; with --apply, correct what a dry run has listed.

    Records, XP, wear, load and boards follow what is corrected, in silence where a workout is older than two weeks.

    [bold]Examples[/bold]

      [cyan]stadion workouts remeasure start[/cyan]                       a dry run over all workouts
      [cyan]stadion workouts remeasure start --user 8f14… --format gpx[/cyan]
      [cyan]stadion workouts remeasure start --apply 20261129-180412-3f9a[/cyan]
    """
    chosen, now = target(port, endpoint, on_aws=on_aws), times.now()
    named = {"user_id": user, "format": file_format and file_format.value}
    named |= _between(started_from, started_to, now)
    asked = {name: value for name, value in named.items() if value is not None}
    if apply is not None:
        _ask_first(chosen, apply, asked, yes=yes)
        asked = {"dry_run_id": apply}
    run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    _tell(call(chosen, "PUT", _path(run_id), asked), as_json=as_json)


@remeasure.command()
def status(
    run_id: RunId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """How far a run is, and what to do when it does not go on.

    [bold]Example[/bold]

      [cyan]stadion workouts remeasure status 20261129-180412-3f9a[/cyan]
    """
    _tell(_asked_of(target(port, endpoint, on_aws=on_aws), run_id, "GET", _path(run_id)), as_json=as_json)


@remeasure.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All runs, newest first.

    [bold]Example[/bold]

      [cyan]stadion workouts remeasure list[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)["items"]
    if as_json:
        show_json(found)
        return
    remeasured.show_list(found)


@remeasure.command()
def report(
    run_id: RunId,
    *,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", dir_okay=False, help="Write a line for each number.")
    ] = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """What a run changed, or would change: sums by number and by athlete, and what failed.

    [bold]Examples[/bold]

      [cyan]stadion workouts remeasure report 20261129-180412-3f9a[/cyan]
      [cyan]stadion workouts remeasure report 20261129-180412-3f9a --csv changes.csv[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    run = _asked_of(chosen, run_id, "GET", _path(run_id))
    with Steps(quiet=as_json).step("reading the list") as progress:
        listed = list(_listed(chosen, run_id, progress))
    if csv is not None:
        files.write(csv, remeasured.as_csv(listed))
    if as_json:
        show_json({"run": run, **remeasured.sums(listed), "workouts": listed})
    elif csv is None:
        remeasured.show_report(run, listed)
    else:
        say(f"[green]✓[/green] {csv}: {len(listed)} workouts.")


@remeasure.command()
def stop(
    run_id: RunId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Let it end after the workouts that it is at. `resume` goes on.

    [bold]Example[/bold]

      [cyan]stadion workouts remeasure stop 20261129-180412-3f9a[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), run_id, "stop"), as_json=as_json)


@remeasure.command()
def resume(
    run_id: RunId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Go on where it was stopped, failed or killed. Nothing is measured twice, and the list stays whole.

    [bold]Example[/bold]

      [cyan]stadion workouts remeasure resume 20261129-180412-3f9a[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), run_id, "resume"), as_json=as_json)


def _between(started_from: str | None, started_to: str | None, now: datetime) -> dict[str, str | None]:
    first, after = (times.moment(text, now) if text else None for text in (started_from, started_to))
    if first is not None and after is not None and first >= after:
        raise UsageError("--started-from must be before --started-to.", hint="--started-from 30d --started-to 7d")
    return {"started_from": _written(first), "started_to": _written(after)}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _ask_first(chosen: Target, dry_run_id: str, asked: dict[str, Any], *, yes: bool) -> None:
    if asked:
        raise UsageError(
            "--apply takes the workouts that the dry run listed, and no others.",
            hint=f"stadion workouts remeasure start --apply {dry_run_id}",
        )
    run = _asked_of(chosen, dry_run_id, "GET", _path(dry_run_id))
    listed = remeasured.listed_by(run)
    if run["state"] != "ended":
        raise UsageError("The dry run has not ended.", hint=f"stadion workouts remeasure status {dry_run_id}")
    if not listed:
        raise UsageError("This run lists nothing that would change.", hint="stadion workouts remeasure list")
    if not confirm(f"Correct the {listed} workouts that it lists?", yes=yes):
        raise typer.Exit(1)


def _asked_of(chosen: Target, run_id: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Of a run; one that is not there is told with where to look."""
    try:
        return call(chosen, method, path, body)
    except Refused as refused:
        if refused.status == 404:
            raise UsageError(f"There is no run {run_id}.", hint="stadion workouts remeasure list") from refused
        raise


def _listed(chosen: Target, run_id: str, progress: Any) -> Iterator[dict[str, Any]]:
    cursor, seen = "", 0
    while True:
        page = call(chosen, "GET", f"{_path(run_id, 'workouts')}?batches=10{cursor}")
        yield from page["items"]
        seen += len(page["items"])
        progress(f"reading the list  ({seen} workouts)")
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={quote(page['next_cursor'], safe='')}"


def _act(chosen: Target, run_id: str, action: str) -> dict[str, Any]:
    return _asked_of(chosen, run_id, "POST", _path(run_id, "status"), {"action": action})


def _path(run_id: str, *below: str) -> str:
    return "/".join([BASE, *(quote(part, safe="") for part in (run_id, *below))])


def _tell(run: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(run)
        return
    remeasured.show_run(run)
