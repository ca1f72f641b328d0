"""Tokens of share links: 256 random bits, of which only the digest is kept."""

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def link_id_of(token: str) -> str:
    """So many random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
