"""The preflight, as `stadion --help` shows it."""

from typing import Final

from stadion_cli.base.lazy import STACK, LazyCommand

COMMANDS: Final = (
    LazyCommand("preflight", "preflight.service:preflight", "Is an AWS account ready; does what it runs work?", STACK),
)
