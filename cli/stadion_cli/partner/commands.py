"""`stadion partner`: who may use the partner API, with which keys and secrets, and where our webhooks go."""

import re
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, confirm, say, show_facts, show_json, show_table, tell
from stadion_cli.base.outputs import partner_url
from stadion_cli.base.signed import Refused, call, items
from stadion_cli.base.target import Target, target

app: Final = typer.Typer(
    help="Partners of the store's side. Your AWS identity must be allowed to call the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
BASE: Final = "/v1/admin/partners"
MOST_GRACE: Final = 720
ID: Final = re.compile(r"[a-z][a-z0-9-]{1,29}")
Partner = Annotated[str, typer.Argument(help="Its id, such as store.")]
EndpointId = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id: stadion partner endpoints.")]
Finish = Annotated[bool, typer.Option("--finish", help="End what was rotated out, now.")]
Grace = Annotated[
    int, typer.Option("--grace", metavar="HOURS", min=0, max=MOST_GRACE, help="How long the old one still holds.")
]
May = Annotated[
    list[str] | None,
    typer.Option("--may", help="orders, catalogue, codes: once for each. All of them when a partner is made without."),
]
Hosts = Annotated[
    list[str] | None,
    typer.Option("--host", help="store.example, or *.store.example: where links of its products may lead. Repeat it."),
]


@app.command()
def create(
    partner: Partner,
    name: Annotated[str, typer.Option("--name", help="For people; the id when left out.")] = "",
    plan: Annotated[str, typer.Option("--plan", help="standard or trial.")] = "standard",
    may: May = None,
    host: Hosts = None,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Make a partner; its key and signing secret are shown this once.

    [bold]Example[/bold]

      [cyan]stadion partner create store --name "The Store" --host store.example[/cyan]
    """
    body = {"partner_id": _named(partner), "name": name or partner, "plan": plan, **_lists(may, host)}
    chosen = target(port, endpoint, on_aws=on_aws)
    try:
        made = call(chosen, "POST", BASE, body)
    except Refused as error:
        error.hint = {
            "partner_id_taken": f"stadion partner show {partner}; its key anew: stadion partner rotate-key {partner}",
            "plan_not_found": "--plan standard or --plan trial",
        }.get(error.code, error.hint)
        raise
    _tell_credentials(chosen, made, as_json=as_json)


@app.command()
def change(
    partner: Partner,
    name: Annotated[str, typer.Option("--name", help="For people.")] = "",
    may: May = None,
    host: Hosts = None,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Its name, what it may, where its links may lead; what you name takes the place of what was there.

    [bold]Examples[/bold]

      [cyan]stadion partner change store --may orders --may codes[/cyan]
      [cyan]stadion partner change store --host store.example --host shop.example[/cyan]
    """
    path, body = path_of(partner), {**({"name": name} if name else {}), **_lists(may, host)}
    if not body:
        raise UsageError("Nothing to change: give --name, --may or --host.")
    _tell(call(target(port, endpoint, on_aws=on_aws), "PATCH", path, body, if_match="*"), as_json=as_json)


def _lists(may: list[str] | None, host: list[str] | None) -> dict[str, list[str]]:
    return {**({"may": may} if may else {}), **({"hosts": host} if host else {})}


@app.command("list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All partners."""
    found = items(target(port, endpoint, on_aws=on_aws), BASE)
    if as_json:
        show_json({"partners": found})
        return
    rows = [(one["partner_id"], one["name"], one["status"], one["plan"], ", ".join(one["may"])) for one in found]
    show_table("Partners", ("id", "name", "status", "plan", "may"), rows, empty="none: stadion partner create")


@app.command()
def show(
    partner: Partner, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """One partner: its keys and secrets by id, never their values."""
    _tell(call(target(port, endpoint, on_aws=on_aws), "GET", path_of(partner)), as_json=as_json)


@app.command("rotate-key")
def rotate_key(
    partner: Partner,
    grace: Grace = 24,
    finish: Finish = False,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """A new API key; both open until the grace is over or the rotation is finished.

    [bold]Examples[/bold]

      [cyan]stadion partner rotate-key store[/cyan]
      [cyan]stadion partner rotate-key store --finish[/cyan]      removes the old one, when the partner has moved
    """
    _rotate(target(port, endpoint, on_aws=on_aws), partner, "keys", grace, finish=finish, as_json=as_json)


@app.command("rotate-secret")
def rotate_secret(
    partner: Partner,
    grace: Grace = 24,
    finish: Finish = False,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """A new secret for the partner's webhooks; both sign until the grace is over or the rotation is finished."""
    _rotate(target(port, endpoint, on_aws=on_aws), partner, "secrets", grace, finish=finish, as_json=as_json)


@app.command()
def disable(
    partner: Partner,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Nothing of it is let in any more."""
    chosen, path = target(port, endpoint, on_aws=on_aws), path_of(partner, "disable")
    if not confirm(f"Disable {partner}?", yes=yes):
        raise typer.Exit(1)
    _tell(call(chosen, "POST", path), as_json=as_json)


@app.command()
def enable(
    partner: Partner, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """With the keys and secrets that it had."""
    _tell(call(target(port, endpoint, on_aws=on_aws), "POST", path_of(partner, "enable")), as_json=as_json)


@app.command()
def subscribe(
    partner: Partner,
    url: Annotated[str, typer.Argument(help="https, and reachable from the internet.")],
    events: Annotated[list[str], typer.Argument(help="promo.issued, promo.redeemed, promo.reversed")],
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Send our webhooks there; the secret that they are signed with is shown this once.

    [bold]Example[/bold]

      [cyan]stadion partner subscribe store https://store.example/hooks promo.redeemed promo.reversed[/cyan]
    """
    made = call(
        target(port, endpoint, on_aws=on_aws), "POST", path_of(partner, "endpoints"), {"url": url, "events": events}
    )
    if as_json:
        show_json(made)
        return
    show_facts({"endpoint": made["endpoint"]["endpoint_id"], "signing secret": made["signing_secret"]})
    say("\n[yellow]Keep it now: it is not shown again.[/yellow]")


@app.command()
def unsubscribe(
    partner: Partner,
    endpoint_id: EndpointId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Send no more webhooks there; what still waits for it is given up.

    [bold]Example[/bold]

      [cyan]stadion partner unsubscribe store 0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11[/cyan]
    """
    _ask_endpoint(target(port, endpoint, on_aws=on_aws), "DELETE", partner, endpoint_id)
    tell({"partner": partner, "endpoint": endpoint_id, "status": "gone"}, as_json=as_json)


@app.command("enable-endpoint")
def enable_endpoint(
    partner: Partner,
    endpoint_id: EndpointId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Send webhooks there again, after failures in a row disabled it. What was missed is not sent.

    [bold]Example[/bold]

      [cyan]stadion partner enable-endpoint store 0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11[/cyan]
    """
    made = _ask_endpoint(target(port, endpoint, on_aws=on_aws), "POST", partner, endpoint_id, "enable")
    tell({"partner": partner, "endpoint": endpoint_id, "status": made["status"]}, as_json=as_json)


@app.command("rotate-endpoint")
def rotate_endpoint(
    partner: Partner,
    endpoint_id: EndpointId,
    grace: Grace = 24,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """A new secret for our webhooks to an endpoint; they bear a signature of each for the grace.

    [bold]Example[/bold]

      [cyan]stadion partner rotate-endpoint store 0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11[/cyan]
    """
    chosen, body = target(port, endpoint, on_aws=on_aws), {"grace_hours": grace}
    made = _ask_endpoint(chosen, "POST", partner, endpoint_id, "secrets", body=body)
    if as_json:
        show_json(made)
        return
    show_facts({"endpoint": endpoint_id, "signing secret": made["signing_secret"]})
    say("\n[yellow]Keep it now: it is not shown again.[/yellow]")


def _ask_endpoint(
    chosen: Target, method: str, partner: str, endpoint_id: str, *more: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    try:
        return call(chosen, method, path_of(partner, "endpoints", quote(endpoint_id, safe=""), *more), body)
    except Refused as error:
        error.hint = {
            "endpoint_not_found": f"stadion partner endpoints {partner}",
            "rotation_is_open": "the older one ends by itself when its grace is over: stadion partner endpoints --json",
        }.get(error.code, error.hint)
        raise


@app.command()
def brake(
    partner: Partner,
    most: Annotated[int, typer.Argument(min=1, help="Requests in any 60 seconds, over all keys.")],
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Allow fewer requests a minute than the plan, at once; `unbrake` lifts it.

    [bold]Example[/bold]

      [cyan]stadion partner brake store 60[/cyan]
    """
    body = {"most_per_minute": most}
    made = call(target(port, endpoint, on_aws=on_aws), "PUT", path_of(partner, "limit"), body)
    tell({"partner": partner, **made}, as_json=as_json)


@app.command()
def unbrake(
    partner: Partner, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """As many as the plan allows again.

    [bold]Example[/bold]

      [cyan]stadion partner unbrake store[/cyan]
    """
    call(target(port, endpoint, on_aws=on_aws), "DELETE", path_of(partner, "limit"))
    tell({"partner": partner, "most_per_minute": "as its plan"}, as_json=as_json)


@app.command()
def endpoints(
    partner: Partner, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Where our webhooks go, and how that goes."""
    found = call(target(port, endpoint, on_aws=on_aws), "GET", path_of(partner, "endpoints"))["items"]
    if as_json:
        show_json({"endpoints": found})
        return
    rows = [
        (one["endpoint_id"], one["url"], ", ".join(one["events"]), one["disabled_because"] or one["status"])
        for one in found
    ]
    show_table("Endpoints", ("id", "url", "events", "status"), rows, empty="none: stadion partner subscribe")


@app.command()
def deliveries(
    partner: Partner, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """The last webhooks to this partner, newest first, with each attempt's answer."""
    found = call(target(port, endpoint, on_aws=on_aws), "GET", path_of(partner, "deliveries"))["items"]
    if as_json:
        show_json({"deliveries": found})
        return
    rows = [
        (one["created_at"], one["event"], one["state"], len(one["attempts"]), _last(one["attempts"])) for one in found
    ]
    show_table("Deliveries", ("made", "event", "state", "attempts", "last answer"), rows, empty="none yet")


def _last(attempts: list[dict[str, Any]]) -> str:
    return str(attempts[-1]["status"] or attempts[-1]["error"]) if attempts else ""


def path_of(partner: str, *more: str) -> str:
    return "/".join([BASE, _named(partner), *more])


def _named(partner: str) -> str:
    if ID.fullmatch(partner) is None:
        raise UsageError(
            f"{partner!r} is not an id of a partner: a small letter first, then small letters a-z, digits and hyphens;"
            " two characters at least and thirty at most."
        )
    return partner


def _rotate(chosen: Target, partner: str, what: str, grace: int, *, finish: bool, as_json: bool) -> None:
    if finish:
        _tell(call(chosen, "POST", path_of(partner, "finish")), as_json=as_json)
        return
    try:
        made = call(chosen, "POST", path_of(partner, what), {"grace_hours": grace})
    except Refused as error:
        if error.code == "rotation_is_open":
            error.hint = f"stadion partner rotate-key {partner} --finish ends all that was rotated out, secrets too"
        raise
    _tell_credentials(chosen, made, as_json=as_json)


def _tell_credentials(chosen: Target, made: dict[str, Any], *, as_json: bool) -> None:
    """The address as it is seen from here: the functions of the local stack do not know its port."""
    if chosen.is_local:
        made["api_url"] = partner_url(chosen.aws.endpoint, chosen.outputs) or made["api_url"]
    if as_json:
        show_json(made)
        return
    facts = {"partner": made["partner"]["partner_id"], "api": made["api_url"]}
    named = {"API key": made["api_key"], "signing secret": made["signing_secret"]}
    show_facts({**facts, **{name: value for name, value in named.items() if value}})
    say("\n[yellow]Keep them now: they are not shown again.[/yellow]")
    if named["API key"] and not chosen.is_local:
        say("A new key may take a minute to open anything: until then API Gateway answers 403.")


def _tell(partner: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(partner)
        return
    facts = {name: value for name, value in partner.items() if name not in {"keys", "secrets"}}
    facts |= {"may": ", ".join(partner["may"]), "hosts": ", ".join(partner["hosts"]) or "none: no product gets a link"}
    show_facts(facts)
    for what in ("keys", "secrets"):
        rows = [(one.get("key_id") or one.get("secret_id"), one["created_at"], one["retires_at"] or "current")
                for one in partner[what]]  # fmt: skip
        show_table(what.title(), ("id", "made", "holds until"), rows, empty="none")
