"""The commands of achievements, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import MARKETING, LazyCommand

COMMANDS: Final = (
    LazyCommand("achievement", "achievements.commands:app", "What athletes can earn, and by which rules.", MARKETING),
)
