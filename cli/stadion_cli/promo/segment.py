"""`stadion segment`: rules with a name, over the API's signed routes."""

import json
from typing import Annotated, Any, Final

import typer

from stadion_cli.base import files
from stadion_cli.base.errors import UsageError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, confirm, say, say_raw, show_facts, show_json, show_table, tell
from stadion_cli.base.signed import PROMOS, Refused, call, name_in_path, pages, user_id_of
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
    if name is None:
        raise UsageError(f"{file} does not say the segment's name.", hint="name: regular-runners")
    name = files.word(name, "name")
    try:
        found = call(
            target(port, endpoint, on_aws=on_aws), "PUT", _path(name), wanted, **({"if_match": "*"} if replace else {})
        )
    except Refused as error:
        if error.code == "if_match_required":
            raise Refused(
                f"There is a segment {name} already. Nothing was changed.",
                hint=f"stadion segment create {file} --replace",
            ) from error
        raise
    _tell(found, as_json=as_json)


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All segments.

    [bold]Example[/bold]

      [cyan]stadion segment list[/cyan]
    """
    items = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)["items"]
    if as_json:
        show_json(_without_nulls(items))
        return
    rows = [(one["name"], one["updated_at"], one.get("description") or "") for one in items]
    show_table("Segments", ("segment", "changed", "description"), rows)


@app.command()
def show(
    name: Name, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """A segment and its rule.

    [bold]Example[/bold]

      [cyan]stadion segment show regular-runners[/cyan]
    """
    _tell(call(target(port, endpoint, on_aws=on_aws), "GET", _path(name)), as_json=as_json)


@app.command("used-by")
def used_by(
    name: Name, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Promos, campaigns and segments that ask for it: while there are any, it is not deleted.

    [bold]Example[/bold]

      [cyan]stadion segment used-by regular-runners[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", f"{_path(name)}/used-by")
    if as_json:
        show_json(found)
    elif any(found.values()):
        show_facts({kind: ", ".join(names) for kind, names in found.items() if names})
    else:
        say(f"Nobody asks for {name}.")


@app.command()
def delete(
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Delete a segment that nobody asks for.

    [bold]Example[/bold]

      [cyan]stadion segment delete regular-runners --yes[/cyan]
    """
    chosen, path = target(port, endpoint, on_aws=on_aws), _path(name)
    if not confirm(f"Delete the segment {name}?", yes=yes):
        raise typer.Exit(1)
    try:
        call(chosen, "DELETE", path, if_match="*")
    except Refused as error:
        if error.code == "segment_in_use":
            error.hint = f"stadion segment used-by {name}"
        raise
    if as_json:
        show_json({"name": name, "deleted": True})
    else:
        say(f"[green]✓[/green] {name} is deleted.")


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
    user: Annotated[str, typer.Option("--user", help="The athlete's e-mail or user id.")],
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Why an athlete is in it or not.

    [bold]Example[/bold]

      [cyan]stadion segment explain regular-runners --user anna@example.org[/cyan]
    """
    chosen, path = target(port, endpoint, on_aws=on_aws), _path(name)
    found = call(chosen, "GET", f"{path}/explain/{user_id_of(chosen, user)}")
    tell(found, as_json=as_json)


def _counted(chosen: Target, name: str, report: Any) -> dict[str, int]:
    total = {"matched": 0, "looked_at": 0}
    for page in pages(chosen, f"{_path(name)}/count"):
        total = {key: total[key] + page[key] for key in total}
        report(total)
    return total


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(_without_nulls(found))
        return
    facts = {"segment": found["name"], "description": found.get("description"), "changed": found.get("updated_at")}
    show_facts({name: value for name, value in facts.items() if value})
    say_raw(json.dumps(_without_nulls(found["rule"]), indent=2, ensure_ascii=False))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _path(name: str) -> str:
    return f"{BASE}/{name_in_path(name, 'segment')}"
