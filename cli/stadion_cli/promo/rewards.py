"""`stadion promo reward-offers`: which promo a reward is, over the API's signed routes."""

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say, show_json, show_table
from stadion_cli.base.signed import call, items, name_in_path
from stadion_cli.base.target import Target, target

app: Final = typer.Typer(
    help="Which promo a reward is, and who waits for one.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
Reward = Annotated[str, typer.Argument(help="The reward's code, e.g. free_delivery.")]
BASE: Final = "/v1/admin/reward-offers"


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All rewards that are offers, and their promos.

    [bold]Example[/bold]

      [cyan]stadion promo reward-offers list[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)
    if as_json:
        show_json(found)
        return
    rows = [*sorted(found["promos"].items()), *((reward, "none: who earns it waits") for reward in found["without"])]
    show_table("Rewards", ("reward", "promo"), rows)


@app.command(name="set")
def set_(
    reward: Reward,
    promo_id: Annotated[str, typer.Argument(help="The promo's name; its codes are personal ones.")],
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Set the promo of a reward, and issue it to those who wait; the same again asks anew for them.

    [bold]Example[/bold]

      [cyan]stadion promo reward-offers set free_delivery free-delivery[/cyan]
    """
    chosen, path = target(port, endpoint, on_aws=on_aws), _path(reward)
    call(chosen, "PUT", path, {"promo_id": name_in_path(promo_id, "promo")})
    done = _issue(chosen, path)
    if as_json:
        show_json({"reward": reward, "promo_id": promo_id, **done})
        return
    say(f"[green]✓[/green] {reward} is {promo_id}. Issued to {done['issued']} who waited.")
    if done["waiting"]:
        say(f"{done['waiting']} wait on: stadion promo reward-offers waiting {reward}")


@app.command()
def remove(
    reward: Reward, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Take it away: offers stay as they are, and who earns it from now on waits.

    [bold]Example[/bold]

      [cyan]stadion promo reward-offers remove free_delivery[/cyan]
    """
    call(target(port, endpoint, on_aws=on_aws), "DELETE", _path(reward))
    if as_json:
        show_json({"reward": reward, "removed": True})
    else:
        say(f"[green]✓[/green] {reward} is no promo any more.")


@app.command()
def waiting(
    reward: Reward, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Who has earned it and has no offer, and why.

    [bold]Example[/bold]

      [cyan]stadion promo reward-offers waiting free_delivery[/cyan]
    """
    found = items(target(port, endpoint, on_aws=on_aws), f"{_path(reward)}/waiting")
    if as_json:
        show_json(found)
        return
    rows = [(one["user_id"], one["earned_by"], one["since"], ", ".join(one["why"])) for one in found]
    show_table("Waiting", ("athlete", "earned by", "since", "why"), rows)


def _issue(chosen: Target, path: str) -> dict[str, Any]:
    """To all who wait, a page at a time."""
    done, cursor = {"issued": 0, "waiting": 0}, None
    while True:
        step = call(chosen, "POST", f"{path}/issue" + (f"?cursor={quote(cursor, safe='')}" if cursor else ""))
        for name in done:
            done[name] += step[name]
        cursor = step["next_cursor"]
        if cursor is None:
            return done


def _path(reward: str) -> str:
    if not reward.replace("_", "").isalnum():
        raise UsageError(f"No reward can be called {reward}.", hint="stadion promo reward-offers list")
    return f"{BASE}/{reward}"
