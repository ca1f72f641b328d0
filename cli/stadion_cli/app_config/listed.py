"""The commands of the app's configuration, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import PEOPLE, LazyCommand

COMMANDS: Final = (
    LazyCommand("app", "app_config.commands:app", "What apps are told at their start: versions, features.", PEOPLE),
)
