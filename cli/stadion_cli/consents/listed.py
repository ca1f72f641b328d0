"""The commands of consents, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import PEOPLE, LazyCommand

COMMANDS: Final = (LazyCommand("consents", "consents.commands:app", "The texts that athletes agree to.", PEOPLE),)
