"""`stadion achievement backfill`: all diaries are counted by the rules of today."""

import secrets
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base import times
from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say, show_facts, show_json, show_table
from stadion_cli.base.signed import NOT_FOUND, Refused, call
from stadion_cli.base.target import Target, target

app: Final = typer.Typer(
    help="Count all diaries by the rules of today: who has done it already has it then, and nobody is told.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
BASE: Final = "/v1/admin/achievement-backfills"
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's name, as `start` and `list` tell it.")]


@app.command()
def start(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """Begin. Awards that are there stay as they are; none is given twice.

    [bold]Example[/bold]

      [cyan]stadion achievement backfill start[/cyan]
    """
    run_id = f"{times.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    _tell(call(target(port, endpoint, on_aws=on_aws), "PUT", _path(run_id)), as_json=as_json)


@app.command()
def status(
    run_id: RunId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """How far a run is, and what to do when it does not go on.

    [bold]Example[/bold]

      [cyan]stadion achievement backfill status 20261129-180412-3f9a[/cyan]
    """
    _tell(_asked_of(target(port, endpoint, on_aws=on_aws), run_id, "GET", _path(run_id)), as_json=as_json)


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All runs, newest first.

    [bold]Example[/bold]

      [cyan]stadion achievement backfill list[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)["items"]
    if as_json:
        show_json(found)
        return
    rows = [(one["run_id"], _state(one), one["athletes"], one["unlocked"], one["failed"]) for one in found]
    show_table("Runs", ("run", "state", "athletes", "unlocked", "failed"), rows)


@app.command()
def stop(
    run_id: RunId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Let it end after the athletes that it is at. `resume` goes on.

    [bold]Example[/bold]

      [cyan]stadion achievement backfill stop 20261129-180412-3f9a[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), run_id, "stop"), as_json=as_json)


@app.command()
def resume(
    run_id: RunId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Go on where it was stopped, failed or killed.

    [bold]Example[/bold]

      [cyan]stadion achievement backfill resume 20261129-180412-3f9a[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), run_id, "resume"), as_json=as_json)


def _act(chosen: Target, run_id: str, action: str) -> dict[str, Any]:
    return _asked_of(chosen, run_id, "POST", f"{_path(run_id)}/status", {"action": action})


def _asked_of(chosen: Target, run_id: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Of a run; one that is not there is told with where to look."""
    try:
        return call(chosen, method, path, body)
    except Refused as refused:
        if refused.status == NOT_FOUND:
            raise UsageError(f"There is no run {run_id}.", hint="stadion achievement backfill list") from refused
        raise


def _path(run_id: str) -> str:
    return f"{BASE}/{quote(run_id, safe='')}"


def _state(run: dict[str, Any]) -> str:
    if run["state"] == "ended":
        return "ended"
    return "stopped" if run["is_stopped"] else "failed" if run["failure"] is not None else "running"


def _tell(run: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(run)
        return
    state = _state(run)
    counts = {name: run[name] for name in ("athletes", "unlocked", "revoked", "failed")}
    failure = {"failure": f"{run['failure']['error']}: {run['failure']['cause']}"} if state == "failed" else {}
    named = {"not counted": ", ".join(run["failed_user_ids"])} if run["failed_user_ids"] else {}
    show_facts({"state": state, **counts, **failure, **named}, title=run["run_id"])
    if state in {"stopped", "failed"}:
        say(f"It goes on with: stadion achievement backfill resume {run['run_id']}")
