"""Where the codes of test athletes are read: the emulator's mail, an IMAP account, or whoever sits there."""

import email
import email.policy
import imaplib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from local.demo.client import CODE, newest_code
from stadion_cli.base.errors import UsageError

IMAPS: Final = 993
WITHIN_S: Final = 180.0
POLL_S: Final = 1.0


class Mailbox(Protocol):
    @property
    def address(self) -> str:
        """Its own; mail to `me+tag@example.org` comes to `me@example.org`."""

    def code_for(self, address: str) -> str:
        """Of the newest mail to it that has a code. TimeoutError when none comes."""


@dataclass(frozen=True)
class OfTheEmulator:
    mail: str
    address: str = "preflight@example.org"

    def code_for(self, address: str) -> str:
        return _awaited(lambda: newest_code(self.mail, address), address)


@dataclass(frozen=True)
class Typed:
    address: str

    def code_for(self, address: str) -> str:
        import typer

        found: str = typer.prompt(f"The code mailed to {address}", err=True)
        return found.strip()


@dataclass(frozen=True)
class Imap:
    """`imaps://user:password@host`; the user's address, or the one that is given."""

    url: str = field(repr=False)
    address: str

    def __post_init__(self) -> None:
        """Its password is in no message: what is written wrong is not repeated."""
        try:
            parts = urlsplit(self.url)
            fits = parts.scheme == "imaps" and parts.hostname and parts.username and parts.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise UsageError(
                "--imap is no address of a mailbox.",
                hint="imaps://user:password@host; in both %40 is @, %2F is /, %3A is : and %23 is #",
            )

    def code_for(self, address: str) -> str:
        return _awaited(lambda: self._newest(address), address)

    @staticmethod
    def owner_of(url: str) -> str:
        return unquote(url.partition("://")[2].partition(":")[0])

    def _newest(self, address: str) -> str | None:
        parts = urlsplit(self.url)
        with imaplib.IMAP4_SSL(parts.hostname or "", parts.port or IMAPS) as server:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            server.select("INBOX", readonly=True)
            _, found = server.search(None, "TO", f'"{address}"')
            for number in reversed(found[0].split()):
                if code := _code_in(server, number.decode()):
                    return code
        return None


def _code_in(server: imaplib.IMAP4_SSL, number: str) -> str | None:
    _, parts = server.fetch(number, "(RFC822)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain", "html"))
    found = CODE.search(body.get_content()) if body is not None else None
    return found[0] if found else None


def _awaited(look: Callable[[], str | None], address: str) -> str:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if code := look():
            return code
        time.sleep(POLL_S)
    raise TimeoutError(f"no mail with a code came to {address} within {WITHIN_S:.0f} s")


def mailbox_of(emulator: str | None, address: str | None, imap: str | None) -> Mailbox:
    """Of the emulator at that address, where there is one."""
    if emulator is not None:
        return OfTheEmulator(f"{emulator}/_ministack/ses/messages")
    if imap:
        return Imap(imap, address or Imap.owner_of(imap))
    if address is None:
        raise UsageError(
            "Test athletes need a mailbox that you can read.", hint="--mailbox me@example.org, or --imap imaps://…"
        )
    return Typed(address)
