"""The commands of partners, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import PEOPLE, LazyCommand

COMMANDS: Final = (
    LazyCommand("partner", "partner.commands:app", "Make partners, rotate keys and secrets, webhooks out.", PEOPLE),
    LazyCommand("product", "partner.product:app", "Import a partner's catalogue from a file.", PEOPLE),
)
