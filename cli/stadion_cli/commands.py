"""The commands of the wings, found, and those of single files, listed.

A wing says its own in `<wing>/listed.py`: `COMMANDS = (LazyCommand("promo", "promo.commands:app", …),)`. So the admin
commands of a service are a folder of its name, and nothing else is edited.
"""

from importlib import import_module
from pathlib import Path
from typing import Final

from stadion_cli.base.lazy import CODE, PANELS, PEOPLE, LazyCommand

LISTED: Final = "listed"
OF_SINGLE_FILES: Final = (
    LazyCommand("user", "user:app", "Show a user, grant and revoke roles.", PEOPLE),
    LazyCommand("audit", "audit:show", "Who did what, when and why.", PEOPLE),
    LazyCommand("pseudonym", "audit:pseudonym", "By which hash logs name somebody.", PEOPLE),
    LazyCommand("timestream", "timestream:app", "May this AWS account have Timestream?", CODE),
    LazyCommand("sms", "sms:app", "What SMS may cost this AWS account in a month.", CODE),
    LazyCommand("contracts", "contracts:app", "The OpenAPI document and the events' schemas.", CODE),
)


def _found() -> list[LazyCommand]:
    wings = sorted(path.parent.name for path in Path(__file__).parent.glob(f"*/{LISTED}.py"))
    of_wings = [one for wing in wings for one in import_module(f"{__package__}.{wing}.{LISTED}").COMMANDS]
    return sorted([*OF_SINGLE_FILES, *of_wings], key=lambda command: PANELS.index(command.panel))


COMMANDS: Final = tuple(_found())
"""In the order of their panels."""
