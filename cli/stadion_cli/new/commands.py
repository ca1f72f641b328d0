"""`stadion new`: skeletons of what the code has many of."""

from typing import Annotated, Final

import typer

from stadion_cli.base.output import Json, say, say_line, show_json

app: Final = typer.Typer(
    help="Write the skeleton of a new service.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
NEXT: Final = (
    ("stadion contracts write", "OpenAPI, events' schemas, the README's table of keys"),
    ("pytest -q tests/{service}/unit tests/{service}/integration", "its own tests"),
    ("make test SERVICE={service}", "those, the contracts and a smoke run"),
    ("stadion up", "deploy it to the local stack"),
)


@app.callback()
def new() -> None:
    """Write the skeleton of a new service."""


@app.command()
def service(
    name: Annotated[str, typer.Argument(help="What it keeps, in the plural: routes, training_plans.")],
    *,
    one: Annotated[str | None, typer.Option(help="One of them, where the plural does not say it.")] = None,
    as_json: Json = False,
) -> None:
    """Write a service: a folder of code and one of tests, a stack, its events. Nothing else is edited.

    It works as it is: an API with pages, keys and versions, a consumer of workouts that knows what it has seen, tests.

    [bold]Examples[/bold]

      [cyan]stadion new service routes[/cyan]
      [cyan]stadion new service diaries --one diary[/cyan]
    """
    from stadion_cli import ROOT
    from stadion_cli.new.names import named
    from stadion_cli.new.skeleton import write

    names = named(name, one, ROOT)
    written = [path.relative_to(ROOT).as_posix() for path in write(names, ROOT)]
    if as_json:
        show_json(
            {"one": names.thing, "written": written, "next": [command.format(service=name) for command, _ in NEXT]}
        )
        return
    say_line(f"One of the {names.words['many']} is called {names.words['words']}; if not so, see --one.")
    for path in written:
        say_line(f"  {path}")
    say("\nWhat comes next (docs/how-to/add-a-service.md says more):")
    for command, why in NEXT:
        say_line(f"  [cyan]{command.format(service=name)}[/cyan]  [dim]{why}[/dim]")
