"""The commands of campaigns, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import MARKETING, LazyCommand

COMMANDS: Final = (
    LazyCommand(
        "campaign", "campaign.commands:app", "Send promos to an audience, test variants, read reports.", MARKETING
    ),
)
