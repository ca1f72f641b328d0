"""The commands, each loaded when it is called and not before: `stadion --help` imports none of them.

To add one, write a module and add a line to COMMANDS, with where it is in this package:
- a single command: a function with Typer's annotations, target `wing.module:function`;
- a group: a `typer.Typer()` with its own commands, target `wing.module:app`.
"""

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


@dataclass(frozen=True)
class LazyCommand:
    """What `--help` shows of a command, and where it is."""

    name: str
    target: str
    help: str
    panel: str


COMMANDS: Final = (
    LazyCommand("demo", "stack.demo:demo", "Upload real recordings and watch everything react.", STACK),
    LazyCommand("up", "stack.commands:up", "Start the local stack and deploy the working tree to it.", STACK),
    LazyCommand("status", "stack.commands:status", "What runs, since when, what is deployed, what waits.", STACK),
    LazyCommand("logs", "oncall.logs:logs", "The functions' log lines, merged and readable.", STACK),
    LazyCommand("down", "stack.commands:down", "Stop the local stack; its state is kept.", STACK),
    LazyCommand("reset", "stack.commands:reset", "Stop the local stack and forget its state.", STACK),
    LazyCommand("trace", "oncall.trace:trace", "Every step that a workout, upload or request caused.", EVENTS),
    LazyCommand("events", "oncall.events:app", "Watch the bus, replay its archive, publish again.", EVENTS),
    LazyCommand("dlq", "oncall.dlq:app", "Messages that could not be handled: look, and send them back.", EVENTS),
    LazyCommand("user", "user:app", "Show a user, grant and revoke roles.", PEOPLE),
    LazyCommand("promo", "promo.commands:app", "Make promos, issue them, see what becomes of them.", MARKETING),
    LazyCommand(
        "campaign", "campaign.commands:app", "Send promos to an audience, test variants, read reports.", MARKETING
    ),
    LazyCommand("segment", "promo.segment:app", "Rules with a name: who is in them, and why.", MARKETING),
    LazyCommand("partner", "partner.commands:app", "Make partners, rotate keys and secrets, webhooks out.", PEOPLE),
    LazyCommand("product", "partner.product:app", "Import a partner's catalogue from a file.", PEOPLE),
    LazyCommand("timestream", "timestream:app", "May this AWS account have Timestream?", CODE),
    LazyCommand("contracts", "contracts:app", "The OpenAPI document and the events' schemas.", CODE),
)


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
    found: typer.Typer | Callable[..., Any] = getattr(import_module(f"{__package__}.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = command.name
        return group
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    alone.command(command.name)(found)
    return typer.main.get_command(alone)
