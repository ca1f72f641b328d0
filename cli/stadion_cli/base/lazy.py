"""Commands that are loaded when they are called and not before: `stadion --help` imports none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

STACK: Final = "The stack"
EVENTS: Final = "What happened"
PEOPLE: Final = "People and data"
MARKETING: Final = "Marketing"
CODE: Final = "The code"
PANELS: Final = (STACK, EVENTS, PEOPLE, MARKETING, CODE)
"""In the order in which `--help` shows them."""
CLI: Final = __name__.partition(".")[0]


@dataclass(frozen=True)
class LazyCommand:
    """What `--help` shows of a command, and where it is.

    `target`: of a single command `wing.module:function`, with Typer's annotations; of a group `wing.module:app`, a
    `typer.Typer()` with its own commands.
    """

    name: str
    target: str
    help: str
    panel: str


class LazyGroup(TyperGroup):
    """A group that knows its commands' names and help, and imports the one that is called."""

    lazy: dict[str, LazyCommand]

    def list_commands(self, ctx: Any) -> list[str]:
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        lazy = self.lazy.get(cmd_name)
        return _shown(lazy) if lazy else super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        lazy = self.lazy.get(name or "")
        return name, _loaded(lazy) if lazy else command, rest


def lazy_group(commands: Iterable[LazyCommand]) -> type[LazyGroup]:
    return type("Commands", (LazyGroup,), {"lazy": {command.name: command for command in commands}})


def _shown(command: LazyCommand) -> TyperCommand:
    return TyperCommand(command.name, help=command.help, rich_help_panel=command.panel)


def _loaded(command: LazyCommand) -> Any:
    module, _, attribute = command.target.partition(":")
    found: typer.Typer | Callable[..., Any] = getattr(import_module(f"{CLI}.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = command.name
        return group
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    alone.command(command.name)(found)
    return typer.main.get_command(alone)
