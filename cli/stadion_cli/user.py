"""`stadion user`: what admins do to accounts, over the API's signed routes."""

import json
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.errors import CliError, UsageError
from stadion_cli.output import Json, say, show_facts, show_json
from stadion_cli.stack import Endpoint, Port
from stadion_cli.target import OnAws, Target, target

app: Final = typer.Typer(
    help="Show a user, grant and revoke roles. Your AWS identity must be allowed to call the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
User = Annotated[str, typer.Argument(help="E-mail or user id.")]
Role = Annotated[str, typer.Argument(help="admin or partner.")]
ROLES: Final = ("admin", "partner")
TIMEOUT_S: Final = 20


class Refused(CliError):  # noqa: N818 - reads as what happened
    title = "The API refused that"


@app.command()
def show(
    user: User, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Who it is, since when, and which roles they have.

    [bold]Example[/bold]

      [cyan]stadion user show anna@example.org[/cyan]
    """
    _tell(call(target(port, endpoint, on_aws=on_aws), "GET", _path(user)), as_json=as_json)


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
    _tell(call(target(port, endpoint, on_aws=on_aws), "PUT", _path(user, role)), as_json=as_json)


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
    """Take a role away; a token that is out keeps it for up to an hour.

    [bold]Example[/bold]

      [cyan]stadion user revoke anna@example.org admin[/cyan]
    """
    _tell(call(target(port, endpoint, on_aws=on_aws), "DELETE", _path(user, role)), as_json=as_json)


def _path(user: str, role: str | None = None) -> str:
    if role is not None and role not in ROLES:
        raise UsageError(f"{role!r} is not a role that can be granted.", hint=" or ".join(ROLES))
    return f"/v1/admin/accounts/users/{quote(user, safe='@')}" + (f"/roles/{role}" if role else "")


def call(chosen: Target, method: str, path: str) -> dict[str, Any]:
    """A request signed with AWS Signature Version 4, as API Gateway's IAM routes want it."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    session = chosen.aws.session
    credentials = session.get_credentials()
    if credentials is None:
        raise UsageError("There are no AWS credentials.", hint="aws configure")
    request = AWSRequest(method=method, url=chosen.api + path, headers={"Accept-Language": "en"})
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", session.region_name or chosen.aws.region).add_auth(
        request
    )
    answer = URLLib3Session(timeout=TIMEOUT_S).send(request.prepare())
    if answer.status_code >= 400:
        raise _refusal(answer.status_code, answer.content)
    found: dict[str, Any] = json.loads(answer.content)
    return found


def _refusal(status: int, content: bytes) -> Refused:
    try:
        said = json.loads(content)
    except ValueError:
        said = {}
    words = said.get("detail") or said.get("message") or "no reason given"
    hint = "your AWS identity needs execute-api:Invoke on /v1/admin/*" if status == 403 else ""
    trace = f" (trace {said['trace_id']})" if "trace_id" in said else ""
    return Refused(f"{status}: {words}{trace}", hint=hint)


def _tell(user: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(user)
        return
    show_facts({name.replace("_", " "): ", ".join(v) if isinstance(v, list) else v for name, v in user.items()})
    say()
