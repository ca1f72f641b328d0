"""The commands of new code, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import CODE, LazyCommand

COMMANDS: Final = (LazyCommand("new", "new.commands:app", "Write the skeleton of a new service.", CODE),)
