"""`stadion contracts`: the generated OpenAPI document, event schemas and samples, and the words of messages."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Final, TypeVar

import typer

from stadion_cli.base.errors import CliError
from stadion_cli.base.output import Json, Steps, say, show_json

T = TypeVar("T")

app: Final = typer.Typer(
    help="The OpenAPI document and the events' schemas, generated from the code.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


class ContractsDrifted(CliError):  # noqa: N818 - reads as what happened
    title = "The committed contracts are not those of the code"


class ContractsIncomplete(CliError):  # noqa: N818 - reads as what happened
    title = "The contracts leave something unsaid"


@app.command()
def write(*, as_json: Json = False) -> None:
    """Generate [bold]contracts/[/bold], [bold]events/[/bold] and the rest anew.

    Do it after a change of a route, a model, an error, an event or the words of a message, and commit what changed.

    [bold]Example[/bold]

      [cyan]stadion contracts write && git diff contracts events[/cyan]
    """
    files = _contracts()
    with Steps(quiet=as_json).step("reading routes, models and events"):
        changed = [str(path.relative_to(files.ROOT)) for path in _said(files.write)]
    if as_json:
        show_json({"changed": changed})
        return
    for path in changed:
        say(f"  {path}")
    say(f"{len(changed)} files changed." if changed else "Nothing changed.")


@app.command()
def check(*, as_json: Json = False) -> None:
    """Compare the committed files with the code; exit code 1 when they differ.

    [bold]Example[/bold]

      [cyan]stadion contracts check[/cyan]
    """
    found = _said(_contracts().drift)
    if as_json:
        show_json({"drift": found})
    if found:
        raise ContractsDrifted("\n".join(found), hint="stadion contracts write")
    if not as_json:
        say("The contracts are those of the code.")


def _said(generate: Callable[[], list[T]]) -> list[T]:
    """What is missing in a service is told in a line: to write the contracts anew would not help."""
    from local.contracts.models import ContractError

    try:
        return generate()
    except ContractError as error:
        raise ContractsIncomplete(str(error)) from error


def _contracts() -> ModuleType:
    """`local.contracts` reads the services, whose import roots are those of Lambda."""
    from stadion_cli import ROOT

    sys.path[:0] = [str(ROOT), str(ROOT / "functions"), str(ROOT / "layers" / "shared" / "python")]
    from local.contracts import files

    return files
