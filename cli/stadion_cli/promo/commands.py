"""`stadion promo`: what marketing does with promos, over the API's signed routes."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from stadion_cli.base import files
from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, confirm, say, show_json, show_table, tell
from stadion_cli.base.signed import PROMOS, Refused, call, items, name_in_path, user_id_of
from stadion_cli.base.target import Target, target
from stadion_cli.promo import rewards, shown
from stadion_cli.promo.report import discount_per_conversion_minor, show_report

app: Final = typer.Typer(
    help="Make promos, issue them, see what becomes of them. Your AWS identity must be allowed on the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(rewards.app, name="reward-offers")
PromoId = Annotated[str, typer.Argument(help="The promo's name, e.g. winter-shoes.")]
User = Annotated[str, typer.Option("--user", help="The athlete's e-mail or user id.")]
TAKEN: Final = "promo_id_taken"
OF_STATUS: Final = frozenset({"promo_status_forbids", "promo_is_no_draft"})
POSSIBLE: Final = {
    "draft": "stadion promo activate {promo_id}, or stadion promo delete {promo_id}",
    "active": "stadion promo change {promo_id} FILE, or stadion promo end {promo_id}",
    "ended": "it stays for its reports: another promo_id",
}
"""Status -> what can be done. On what is paused or scheduled, the same as on what is active."""
ADDRESSES: Final = {"segments": "stadion segment list", "validate": "stadion promo validate FILE"}
"""Words that no promo can be called: hints at what was meant."""


class Invalid(CliError):  # noqa: N818 - reads as what happened
    title = "The promo would be refused"


@app.command()
def create(
    file: File,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the draft with this name, if there is one.")
    ] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Make a promo of a file, as a draft.

    [bold]Examples[/bold]

      [cyan]stadion promo create docs/examples/promos/winter-shoes.yaml[/cyan]
      [cyan]stadion promo create winter.yaml --replace[/cyan]      while it is a draft
    """
    wanted = files.read(file)
    if (promo_id := wanted.get("promo_id")) is not None:
        _named(files.word(promo_id, "promo_id"))
    chosen = target(port, endpoint, on_aws=on_aws)
    try:
        _tell(call(chosen, "POST", PROMOS, wanted), as_json=as_json)
    except Refused as error:
        if error.code != TAKEN:
            raise
        if not replace:
            raise _there_is_one(chosen, str(promo_id), file) from error
        _tell(_replaced(chosen, str(promo_id), wanted), as_json=as_json)


@app.command()
def change(
    promo_id: PromoId,
    file: File,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Change what a file says of a promo, and leave the rest; `null` takes a value away.

    Name, texts, link, products, places, hours, end, targeting and limits, also while it is active; discount, currency,
    beginning and stacking of a draft. [cyan]stadion promo create FILE --replace[/cyan] replaces a draft as a whole.

    [bold]Example[/bold]

      [cyan]echo "ends_at: 2027-02-01T00:00:00+03:00" > later.yaml[/cyan]
      [cyan]stadion promo change winter-shoes later.yaml[/cyan]
    """
    changes = files.read(file)
    if changes.pop("promo_id", promo_id) != promo_id:
        raise UsageError(f"{file} is about another promo than {promo_id}.")
    chosen = target(port, endpoint, on_aws=on_aws)
    _leave_out_what_is_fixed(changes, call(chosen, "GET", _path(promo_id)), file)
    try:
        _tell(call(chosen, "PATCH", _path(promo_id), changes, if_match="*"), as_json=as_json)
    except Refused as error:
        if error.code == "promo_is_live":
            error.hint = "another promo: stadion promo create FILE"
        raise _with_what_is_possible(error, chosen, promo_id) from error


@app.command()
def delete(
    promo_id: PromoId,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Delete a draft; its name is free again.

    [bold]Example[/bold]

      [cyan]stadion promo delete winter-shoes --yes[/cyan]
    """
    chosen, path = target(port, endpoint, on_aws=on_aws), _path(promo_id)
    if not confirm(f"Delete the draft {promo_id}?", yes=yes):
        raise typer.Exit(1)
    try:
        call(chosen, "DELETE", path, if_match="*")
    except Refused as error:
        if error.code == "promo_in_use":
            error.hint = f"another promo there first, or change this one: stadion promo change {promo_id} FILE"
        raise _with_what_is_possible(error, chosen, promo_id) from error
    if as_json:
        show_json({"promo_id": promo_id, "deleted": True})
    else:
        say(f"[green]✓[/green] {promo_id} is deleted.")


@app.command()
def validate(
    file: File, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Say everything that is wrong with a file, and change nothing; exit code 1 when something is.

    [bold]Example[/bold]

      [cyan]stadion promo validate winter.yaml[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "POST", f"{PROMOS}/validate", files.read(file))
    if as_json:
        show_json(found)
    if not found["is_valid"]:
        raise Invalid("\n".join(f"{one['pointer']}: {one['detail']}" for one in found["problems"]))
    if not as_json:
        say(f"[green]✓[/green] {escape(str(file))} is a good promo.")
        if sizes := found.get("sms"):
            say(f"Sent as an SMS it has {shown.sms(sizes)}; each part is paid for.")


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All promos by name.

    [bold]Example[/bold]

      [cyan]stadion promo list[/cyan]
    """
    found = items(target(port, endpoint, on_aws=on_aws), PROMOS)
    if as_json:
        show_json(found)
        return
    rows = [(one["promo_id"], one["status"], one["starts_at"], one["ends_at"], one["name"]) for one in found]
    show_table("Promos", ("promo", "status", "from", "to", "name"), rows)


@app.command()
def show(
    promo_id: PromoId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """A promo, its status, and what is left of its budget.

    [bold]Example[/bold]

      [cyan]stadion promo show winter-shoes[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    _tell(call(chosen, "GET", _path(promo_id)), as_json=as_json)


@app.command()
def report(
    promo_id: PromoId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """What became of all its offers, whether a campaign, worn gear or somebody by hand gave them.

    [bold]Example[/bold]

      [cyan]stadion promo report winter-shoes[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    promo = call(chosen, "GET", _path(promo_id))
    funnel = call(chosen, "GET", _path(promo_id, "funnel"))
    if as_json:
        each = discount_per_conversion_minor(funnel["total"])
        about = {name: promo[name] for name in ("name", "status", "currency")}
        show_json({**funnel, **about, "discount_per_conversion_minor": each})
        return
    show_report(promo, funnel)


@app.command()
def activate(
    promo_id: PromoId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Let it begin: at once, or at its date.

    [bold]Example[/bold]

      [cyan]stadion promo activate winter-shoes[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), promo_id, "activate"), as_json=as_json)


@app.command()
def pause(
    promo_id: PromoId, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Stop issuing and reserving; carts that hold a code may still pay. `activate` goes on.

    [bold]Example[/bold]

      [cyan]stadion promo pause winter-shoes[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), promo_id, "pause"), as_json=as_json)


@app.command()
def end(
    promo_id: PromoId,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """End it for good.

    [bold]Example[/bold]

      [cyan]stadion promo end winter-shoes --yes[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    if not confirm(f"End {promo_id} for good?", yes=yes):
        raise typer.Exit(1)
    _tell(_act(chosen, promo_id, "end"), as_json=as_json)


@app.command()
def explain(
    promo_id: PromoId,
    user: User,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Why an athlete may have it or not: which rule decided.

    [bold]Example[/bold]

      [cyan]stadion promo explain winter-shoes --user anna@example.org[/cyan]
    """
    chosen, path = target(port, endpoint, on_aws=on_aws), _path(promo_id)
    found = call(chosen, "GET", f"{path}/explain/{user_id_of(chosen, user)}")
    if as_json:
        show_json(found)
        return
    rows = [("✓" if one["passed"] else "✗", one["check"], one["decided_by"], one["detail"]) for one in found["checks"]]
    show_table("eligible" if found["is_eligible"] else "not eligible", ("", "check", "decided by", "rule"), rows)


@app.command()
def issue(
    promo_id: PromoId,
    user: User,
    *,
    run: Annotated[str, typer.Option("--run", help="Each run gives an athlete one offer of the promo.")] = "direct",
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Give an athlete an offer; once more with the same run is the same offer.

    Nobody is told: no message goes out, the athlete finds it in the app. Campaigns tell.

    [bold]Example[/bold]

      [cyan]stadion promo issue winter-shoes --user anna@example.org[/cyan]
    """
    chosen, path = target(port, endpoint, on_aws=on_aws), _path(promo_id, "offers")
    body = {"user_id": user_id_of(chosen, user), "run_id": run}
    tell(call(chosen, "POST", path, body), as_json=as_json)


def _act(chosen: Target, promo_id: str, action: str) -> dict[str, Any]:
    try:
        return call(chosen, "POST", _path(promo_id, "status"), {"action": action}, if_match="*")
    except Refused as error:
        raise _with_what_is_possible(error, chosen, promo_id) from error


def _with_what_is_possible(error: Refused, chosen: Target, promo_id: str) -> Refused:
    """A refusal that is about the promo's status, with what can be done in it."""
    if error.code in OF_STATUS:
        status = str(call(chosen, "GET", _path(promo_id))["status"])
        error.hint = POSSIBLE.get(status, POSSIBLE["active"]).format(promo_id=promo_id)
    return error


def _path(promo_id: str, below: str = "") -> str:
    return f"{PROMOS}/{_named(promo_id)}" + (f"/{below}" if below else "")


def _named(promo_id: str) -> str:
    if promo_id in ADDRESSES:
        raise UsageError(f"No promo can be called {promo_id}.", hint=ADDRESSES[promo_id])
    return name_in_path(promo_id, "promo")


def _there_is_one(chosen: Target, promo_id: str, file: Path) -> Refused:
    status = call(chosen, "GET", _path(promo_id))["status"]
    said = {"draft": "a draft", "ended": "which is ended for good"}.get(status, f"which is {status}")
    hint = {
        "draft": f"stadion promo create {file} --replace, or stadion promo delete {promo_id}",
        "ended": "another promo_id",
    }.get(status, f"stadion promo change {promo_id} FILE, or another promo_id")
    return Refused(f"There is a promo {promo_id} already, {said}. Nothing was changed.", hint=hint, code=TAKEN)


def _replaced(chosen: Target, promo_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        return call(chosen, "PUT", _path(promo_id), wanted, if_match="*")
    except Refused as error:
        raise _with_what_is_possible(error, chosen, promo_id) from error


def _leave_out_what_is_fixed(changes: dict[str, Any], promo: dict[str, Any], file: Path) -> None:
    """Codes and the period of limits are as they were made: a file may repeat them."""
    known = _without_nulls(promo["codes"])
    if _without_nulls(changes.pop("codes", known)) != known:
        raise UsageError(
            f"{file} says other codes than {promo['promo_id']} has, and codes cannot change.",
            hint="of a draft: stadion promo create FILE --replace",
        )
    limits = changes.get("limits")
    if isinstance(limits, dict) and limits.pop("period", period := promo["limits"]["period"]) != period:
        raise UsageError(
            f"{file} says another period of limits than {promo['promo_id']} has, and that cannot change.",
            hint="of a draft: stadion promo create FILE --replace",
        )


def _without_nulls(value: Any) -> Any:
    return {name: one for name, one in value.items() if one is not None} if isinstance(value, dict) else value


def _tell(promo: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(promo)
    else:
        shown.show_promo(promo)
