"""`stadion segment`: rules with a name, over the API's signed routes."""

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from stadion_cli.base import files
from stadion_cli.base.errors import UsageError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, say, show_json, show_table, tell
from stadion_cli.base.signed import PROMOS, Refused, call, pages
from stadion_cli.base.target import Target, target

app: Final = typer.Typer(
    help="Rules with a name: who is in them, and why. Your AWS identity must be allowed to call the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
Name = Annotated[str, typer.Argument(help="The segment's name, e.g. regular-runners.")]
BASE: Final = f"{PROMOS}/segments"


@app.command()
def create(
    file: File,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Change it if there is one with this name.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Make a segment of a file with `name`, `rule` and, if you like, `description`.

    [bold]Example[/bold]

      [cyan]stadion segment create docs/examples/promos/regular-runners.yaml[/cyan]
    """
    wanted = files.read(file)
    name = wanted.pop("name", None)
    if not isinstance(name, str):
        raise UsageError(f"{file} does not say the segment's name.", hint="name: regular-runners")
    try:
        found = call(
            target(port, endpoint, on_aws=on_aws), "PUT", _path(name), wanted, **({"if_match": "*"} if replace else {})
        )
    except Refused as error:
        error.hint = error.hint or ("--replace" if error.message.startswith("428") else "")
        raise
    tell(found, as_json=as_json)


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All segments.

    [bold]Example[/bold]

      [cyan]stadion segment list[/cyan]
    """
    items = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)["items"]
    if as_json:
        show_json(items)
        return
    rows = [(one["name"], one["updated_at"], one.get("description") or "") for one in items]
    show_table("Segments", ("segment", "changed", "description"), rows)


@app.command()
def count(
    name: Name, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """How many athletes are in it now. Looks at all of them, page by page.

    [bold]Example[/bold]

      [cyan]stadion segment count regular-runners[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    with Steps(quiet=as_json).step(f"looking for {name}") as report:
        found = _counted(chosen, name, lambda one: report(f"looking for {name}  ({one['looked_at']} athletes)"))
    if as_json:
        show_json(found)
        return
    say(f"[bold]{found['matched']}[/bold] of {found['looked_at']} athletes are in {name}.")


@app.command()
def explain(
    name: Name,
    user: Annotated[str, typer.Option("--user", help="The athlete's user id.")],
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Why an athlete is in it or not.

    [bold]Example[/bold]

      [cyan]stadion segment explain regular-runners --user 8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", f"{_path(name)}/explain/{quote(user, safe='')}")
    tell(found, as_json=as_json)


def _counted(chosen: Target, name: str, report: Any) -> dict[str, int]:
    total = {"matched": 0, "looked_at": 0}
    for page in pages(chosen, f"{_path(name)}/count"):
        total = {key: total[key] + page[key] for key in total}
        report(total)
    return total


def _path(name: str) -> str:
    return f"{BASE}/{quote(name, safe='')}"
