"""`stadion board`: whether a leaderboard is what its entries say, and its repair, over the API's signed routes."""

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say, show_json, show_table
from stadion_cli.base.signed import call
from stadion_cli.base.target import target

app: Final = typer.Typer(
    help="Do leaderboards count right? Repair them. Your AWS identity must be allowed on the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
Board = Annotated[str, typer.Argument(help="The board's name, e.g. global.all.xp.week.")]
MOST_SHOWN: Final = 50


@app.command()
def drift(
    board: Board, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Compare a board with its entries; ends with 1 when anything differs. Changes nothing.

    [bold]Example[/bold]

      [cyan]stadion board drift global.all.xp.week[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    found = _walk(lambda query: call(chosen, "GET", _path(board, "drift") + query))
    _tell(found, "differ", as_json=as_json)
    if found["wrong"]:
        raise typer.Exit(1)


@app.command()
def recount(
    board: Board, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Repair a board while it is being written: what differs from its entries is counted anew.

    [bold]Example[/bold]

      [cyan]stadion board recount country-ru.run.distance.2026-W49[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    found = _walk(lambda query: call(chosen, "POST", _path(board, "recount") + query))
    _tell(found, "were repaired", as_json=as_json)


def _path(board: str, what: str) -> str:
    return f"/v1/admin/boards/{quote(board, safe='')}/{what}"


def _walk(ask: Any) -> dict[str, Any]:
    """All parts of it as one."""
    found: dict[str, Any] = {"board": "", "entries": 0, "nodes": 0, "wrong": []}
    cursor: str | None = None
    while True:
        part = ask(f"?cursor={quote(cursor, safe='')}" if cursor is not None else "")
        found["board"] = part["board"]
        found["entries"] += part["entries"]
        found["nodes"] += part["nodes"]
        found["wrong"] += part["wrong"]
        cursor = part.get("next_cursor")
        if cursor is None:
            return found


def _tell(found: dict[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    wrong = found["wrong"]
    if wrong:
        rows = [(one["fault"], one["prefix"], one["kept"], one["found"]) for one in wrong[:MOST_SHOWN]]
        show_table(f"{found['board']}: {len(wrong)} {what}", ("what", "keys", "kept", "found"), rows)
    say(f"{found['board']}: {found['entries']} entries, {found['nodes']} nodes, {len(wrong)} {what}")
