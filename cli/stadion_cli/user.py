"""`stadion user`: what admins do to accounts, over the API's signed routes."""

from typing import Annotated, Any, Final

import typer

from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, show_json, show_table, tell
from stadion_cli.base.signed import NOT_FOUND, Nobody, Refused, call, path_of_user
from stadion_cli.base.target import Target, target

app: Final = typer.Typer(
    help="Users, their messages and roles. Your AWS identity must be allowed to call the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
User = Annotated[str, typer.Argument(help="E-mail or user id.")]
Role = Annotated[str, typer.Argument(help="admin or partner.")]
ROLES: Final = ("admin", "partner")


@app.command()
def show(
    user: User, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Who it is, since when, and which roles they have.

    [bold]Example[/bold]

      [cyan]stadion user show anna@example.org[/cyan]
    """
    tell(_call(target(port, endpoint, on_aws=on_aws), "GET", user), as_json=as_json)


@app.command()
def grant(
    user: User,
    role: Role,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Grant a role; it holds from the next sign-in or refresh on.

    [bold]Example[/bold]

      [cyan]stadion user grant anna@example.org admin[/cyan]
    """
    tell(_call(target(port, endpoint, on_aws=on_aws), "PUT", user, role), as_json=as_json)


@app.command()
def revoke(
    user: User,
    role: Role,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Take a role away; a token that is out keeps it for up to a quarter of an hour.

    [bold]Example[/bold]

      [cyan]stadion user revoke anna@example.org admin[/cyan]
    """
    tell(_call(target(port, endpoint, on_aws=on_aws), "DELETE", user, role), as_json=as_json)


@app.command()
def brake(
    user: User,
    most: Annotated[int, typer.Argument(min=1, help="Requests in any 60 seconds.")],
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Allow fewer requests a minute than everybody's 600, at once; `unbrake` lifts it.

    [bold]Example[/bold]

      [cyan]stadion user brake anna@example.org 30[/cyan]
    """
    tell(_limit(target(port, endpoint, on_aws=on_aws), "PUT", user, most), as_json=as_json)


@app.command()
def unbrake(
    user: User, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Everybody's limit again.

    [bold]Example[/bold]

      [cyan]stadion user unbrake anna@example.org[/cyan]
    """
    tell(_limit(target(port, endpoint, on_aws=on_aws), "DELETE", user), as_json=as_json)


@app.command()
def messages(
    user: User,
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 30,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """What was sent to them by push, mail and SMS, and what was not, with the reason.

    [bold]Example[/bold]

      [cyan]stadion user messages anna@example.org[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    user_id = _call(chosen, "GET", user)["user_id"]
    found = call(chosen, "GET", f"/v1/admin/notifications/users/{user_id}/deliveries?limit={limit}")["items"]
    if as_json:
        show_json(found)
        return
    rows = [(_when(one), one["template"], one["channel"], one["state"], one["reason"] or "") for one in found]
    show_table("Messages", ("last change", "template", "by", "state", "why"), rows, empty="none but the inbox's")


def _when(delivery: dict[str, Any]) -> str:
    return str(delivery["log"][-1]["at"])[:19].replace("T", " ") if delivery["log"] else ""


def _call(chosen: Target, method: str, user: str, role: str | None = None) -> dict[str, Any]:
    return _asked(chosen, method, user, _path(user, role))


def _limit(chosen: Target, method: str, user: str, most: int | None = None) -> dict[str, Any]:
    """What holds then."""
    body = None if most is None else {"most_per_minute": most}
    answer = _asked(chosen, method, user, f"{path_of_user(user)}/limit", body)
    return {"user": user, "most_per_minute": answer.get("most_per_minute", "as everybody")}


def _asked(chosen: Target, method: str, user: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        return call(chosen, method, path, body)
    except Refused as error:
        if error.status != NOT_FOUND:
            raise
        raise Nobody(f"Nobody has the e-mail address or user id {user}.") from error


def _path(user: str, role: str | None = None) -> str:
    if role is not None and role not in ROLES:
        raise UsageError(f"{role!r} is not a role that can be granted.", hint=" or ".join(ROLES))
    return path_of_user(user) + (f"/roles/{role}" if role else "")
