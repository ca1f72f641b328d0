"""`stadion consents`: the texts that athletes agree to, over the API's signed routes."""

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base import files
from stadion_cli.base.errors import UsageError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say, show_json, show_table
from stadion_cli.base.signed import call
from stadion_cli.base.target import target

app: Final = typer.Typer(
    help="The texts that athletes agree to. Your AWS identity must be allowed to call the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
Kind = Annotated[str, typer.Argument(help="health_data, location, analytics, marketing_email, …")]
BASE: Final = "/v1/admin/accounts/consent-texts"
NAMED: Final = ("kind", "version")
HINT: Final = 'version: "2027-01"   # in quotes: without them YAML reads 2027 and 2027.10 as numbers'


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """Each kind with its current version.

    [bold]Example[/bold]

      [cyan]stadion consents list[/cyan]
    """
    items = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)["items"]
    if as_json:
        show_json(items)
        return
    rows = [(one["kind"], *_current(one)) for one in items]
    show_table("Consents", ("kind", "current", "since", "versions"), rows)


@app.command()
def show(
    kind: Kind, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Every version of a text, in both languages.

    [bold]Example[/bold]

      [cyan]stadion consents show health_data[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", _path(kind))
    if as_json:
        show_json(found)
        return
    for one in found["versions"]:
        say(f"[bold]{one['version']}[/bold] from {one['current_from']}{', current' if one['is_current'] else ''}")
        for language, text in one["texts"].items():
            say(f"  {language}  {text}")


@app.command(name="set")
def set_(
    file: File, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Set a new version from a file with `kind`, `version`, `texts` (en, ru) and, if you like, `current_from`.

    Apps show it from its moment on, and grants must name it. Those that were given before hold.

    [bold]Example[/bold]

      [cyan]stadion consents set docs/examples/consents/location.yaml[/cyan]
    """
    wanted = files.read(file)
    kind, version = (wanted.pop(name, None) for name in NAMED)
    if not isinstance(kind, str) or not isinstance(version, str):
        raise UsageError(f"{file} does not say kind and version, as text.", hint=HINT)
    found = call(target(port, endpoint, on_aws=on_aws), "PUT", _path(kind, version), wanted)
    if as_json:
        show_json(found)
        return
    rows = [(one["version"], one["current_from"], "current" if one["is_current"] else "") for one in found["versions"]]
    show_table(kind, ("version", "from", ""), rows)


def _current(texts: dict[str, Any]) -> tuple[str, str, int]:
    versions = texts["versions"]
    now = next(one for one in versions if one["is_current"])
    return now["version"], now["current_from"], len(versions)


def _path(kind: str, version: str | None = None) -> str:
    return f"{BASE}/{quote(kind, safe='')}" + (f"/{quote(version, safe='')}" if version is not None else "")
