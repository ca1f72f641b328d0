"""A run of the checks that make test data. Everything it makes bears its id, so that it can be found again."""

import re
from dataclasses import dataclass
from secrets import token_hex
from typing import Final, Self

from stadion_cli.base.errors import UsageError

PREFIX: Final = "pf"
TEMPORARY: Final = "stadion-preflight-"
FORM: Final = re.compile(rf"{PREFIX}[0-9a-f]{{8}}")


@dataclass(frozen=True)
class Run:
    run_id: str

    def __post_init__(self) -> None:
        """What names the run is removed: anything shorter would be in what others own."""
        if FORM.fullmatch(self.run_id) is None:
            raise UsageError(
                f"{self.run_id!r} is no id of a run.",
                hint="as preflight shows it, whole: pf1a2b3c4d; nothing was removed",
            )

    @classmethod
    def new(cls) -> Self:
        return cls(f"{PREFIX}{token_hex(4)}")

    def named(self, what: str) -> str:
        """Of a queue or rule: `stadion-preflight-pf1a2b3c4d-alarms`."""
        return f"{TEMPORARY}{self.run_id}-{what}"

    def address(self, mailbox: str, who: str) -> str:
        """Under a mailbox that knows tags: `me@example.org` is `me+pf1a2b3c4d-anna@example.org`."""
        user, _, domain = mailbox.rpartition("@")
        return f"{user.partition('+')[0]}+{self.run_id}-{who}@{domain}"
