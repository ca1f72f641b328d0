"""The commands of promos, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import MARKETING, LazyCommand

COMMANDS: Final = (
    LazyCommand("promo", "promo.commands:app", "Make promos, issue them, see what becomes of them.", MARKETING),
    LazyCommand("segment", "promo.segment:app", "Rules with a name: who is in them, and why.", MARKETING),
)
