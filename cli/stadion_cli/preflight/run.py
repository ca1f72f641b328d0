"""A run of the checks that make test data. Everything it makes bears its id, so that it can be found again."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Final, Self

PREFIX: Final = "pf"
TEMPORARY: Final = "stadion-preflight-"


@dataclass(frozen=True)
class Run:
    run_id: str

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
