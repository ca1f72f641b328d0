"""`stadion audit` and `stadion pseudonym`: who did what, and by which hash logs name somebody."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import typer

from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say, show_json, tell
from stadion_cli.base.signed import call, user_id_of
from stadion_cli.base.target import Target, target
from stadion_cli.base.times import moment, now

AUDIT: Final = "/v1/admin/audit"
PSEUDONYMS: Final = "/v1/admin/pseudonyms"
MOST: Final = 200
User = Annotated[str | None, typer.Option(help="E-mail or user id of an athlete.")]
Partner = Annotated[str | None, typer.Option(help="Of partners.")]


def show(
    *,
    who: Annotated[str | None, typer.Option(help="The ARN that signed.")] = None,
    what: Annotated[str | None, typer.Option(help="An operation, such as grant_role.")] = None,
    user: User = None,
    partner: Partner = None,
    since: Annotated[str, typer.Option(help="2h ago or 7d, or a moment; 400 days at most.")] = "7d",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Who did what, when and why: every call of an admin for 400 days, looks at people too. That you looked is in it.

    [bold]Example[/bold]

      [cyan]stadion audit --user anna@example.org --since 30d[/cyan]

      [cyan]stadion --why "ticket 4711" audit --what grant_role[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    asked = {
        "who": who,
        "what": what,
        "user_id": user_id_of(chosen, user) if user else None,
        "partner_id": partner,
        "since": moment(since, now()).isoformat().replace("+00:00", "Z"),
    }
    found = _found(chosen, {name: value for name, value in asked.items() if value}, limit)
    if as_json:
        show_json(found)
        return
    for entry in found:
        _show(entry)
    say(f"{len(found)} calls" if len(found) < limit else f"the newest {limit}; more with --limit")


def pseudonym(
    *,
    user: User = None,
    partner: Partner = None,
    address: Annotated[str | None, typer.Option(help="An IP address; its network is what is named.")] = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """By which hash the lines of requests name somebody (`subject`) or a network (`network`): search the logs for it.

    [bold]Example[/bold]

      [cyan]stadion pseudonym --address 203.0.113.9[/cyan]
    """
    if not (user or partner or address):
        raise UsageError("Name whom: --user, --partner or --address.")
    chosen = target(port, endpoint, on_aws=on_aws)
    asked = {"user_id": user_id_of(chosen, user) if user else None, "partner_id": partner, "address": address}
    query = urlencode({name: value for name, value in asked.items() if value})
    found = call(chosen, "GET", f"{PSEUDONYMS}?{query}")
    tell({name: value for name, value in found.items() if value}, as_json=as_json)


def _found(chosen: Target, asked: dict[str, str], limit: int) -> list[dict[str, Any]]:
    """Of as many pages as it takes; one may be empty and have another after it."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        query = urlencode({**asked, **more, "limit": min(MOST, limit - len(items))})
        page = call(chosen, "GET", f"{AUDIT}?{query}")
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None or len(items) >= limit:
            return items


def _show(entry: dict[str, Any]) -> None:
    at = datetime.fromisoformat(entry["at"]).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
    how = str(entry["outcome"] or entry["status"] or "nobody knows how it ended")
    about = " ".join([*(f"{name}={value}" for name, value in entry["targets"].items()), *entry["concerns"]])
    say(f"[bold]{at}[/bold]  {entry['operation']}  {how}  {about}")
    say(f"    by {entry['signer']}" + (f"  why: {entry['reason']}" if entry["reason"] else "  without a reason"))
    for change in entry["changes"]:
        if change["and_more"]:
            say(f"    and {change['and_more']} records more")
            continue
        fields = ", ".join(f"{name} {_values(value)}".rstrip() for name, value in change["fields"].items())
        say(f"    {change['kind']} {change['did']}: {fields}")


def _values(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    before, after = value
    return f"{before} → {after}" if before is not None else str(after)
