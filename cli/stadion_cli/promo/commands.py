"""`stadion promo`: what marketing does with promos, over the API's signed routes."""

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base import files
from stadion_cli.base.errors import CliError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, confirm, say, show_json, show_table, tell
from stadion_cli.base.signed import PROMOS, call, items
from stadion_cli.base.target import Target, target
from stadion_cli.promo.report import discount_per_conversion_minor, show_report

app: Final = typer.Typer(
    help="Make promos, issue them, see what becomes of them. Your AWS identity must be allowed on the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
PromoId = Annotated[str, typer.Argument(help="The promo's name, e.g. winter-shoes.")]
User = Annotated[str, typer.Option("--user", help="The athlete's user id (`stadion user show EMAIL` tells it).")]


class Invalid(CliError):  # noqa: N818 - reads as what happened
    title = "The promo would be refused"


@app.command()
def create(
    file: File, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Make a promo of a file, as a draft; the same file twice makes one.

    [bold]Example[/bold]

      [cyan]stadion promo create docs/examples/promos/winter-shoes.yaml[/cyan]
    """
    wanted = files.read(file)
    key = f"promo-create-{wanted.get('promo_id')}"
    _tell(call(target(port, endpoint, on_aws=on_aws), "POST", PROMOS, wanted, idempotency_key=key), as_json=as_json)


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
        say(f"[green]✓[/green] {file} is a good promo.")


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

      [cyan]stadion promo explain winter-shoes --user 8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", _path(promo_id, f"explain/{quote(user, safe='')}"))
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

    [bold]Example[/bold]

      [cyan]stadion promo issue winter-shoes --user 8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50[/cyan]
    """
    body = {"user_id": user, "run_id": run}
    tell(call(target(port, endpoint, on_aws=on_aws), "POST", _path(promo_id, "offers"), body), as_json=as_json)


def _act(chosen: Target, promo_id: str, action: str) -> dict[str, Any]:
    return call(chosen, "POST", _path(promo_id, "status"), {"action": action}, if_match="*")


def _path(promo_id: str, below: str = "") -> str:
    return f"{PROMOS}/{quote(promo_id, safe='')}" + (f"/{below}" if below else "")


def _tell(promo: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(promo)
        return
    budget = promo.get("budget") or {}
    told = {name: promo[name] for name in ("promo_id", "status", "name", "starts_at", "ends_at", "time_zone")}
    told["discount"] = ", ".join(f"{name} {value}" for name, value in promo["discount"].items() if value)
    told["codes"] = promo["codes"].get("pattern") or promo["codes"].get("shared")
    told["redeemed and reserved"] = f"{budget.get('redemptions_used', 0)} of {_limit(budget, 'redemptions')}"
    told["discount given"] = f"{budget.get('discount_used_minor', 0)} of {_limit(budget, 'discount')}"
    tell(told, as_json=False)


def _limit(budget: dict[str, Any], name: str) -> str:
    left, used = (
        ("redemptions_left", "redemptions_used")
        if name == "redemptions"
        else ("discount_left_minor", "discount_used_minor")
    )
    return "no limit" if budget.get(left) is None else str(budget[left] + budget[used])
