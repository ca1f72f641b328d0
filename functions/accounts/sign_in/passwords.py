"""Passwords that are too weak to be taken."""

from itertools import pairwise
from unicodedata import category

SHORTEST_PASSWORD = 10
COMMON = frozenset(
    {
        "password", "passw0rd", "qwerty", "qwertyuiop", "letmein", "iloveyou", "admin", "welcome", "football",
        "monkey", "dragon", "sunshine", "princess", "baseball", "superman", "asdfghjkl", "zxcvbnm", "changeme",
        "stadion", "йцукен", "пароль", "привет",
    }
)  # fmt: skip


def is_weak(password: str, email: str) -> bool:
    """NIST SP 800-63B section 5.1.1.2: length, and no password that is guessed first. Nor a control character,
    which Cognito takes from nobody."""
    lowered = password.lower()
    letters = lowered.strip("0123456789!?.@#$%*_- ")
    return (
        len(password) < SHORTEST_PASSWORD
        or any(category(one) == "Cc" for one in password)
        or len(set(lowered)) < 4
        or letters in COMMON
        or email.split("@", maxsplit=1)[0].lower() in {lowered, letters}
        or lowered == email.lower()
        or _is_sequence(lowered)
    )


def _is_sequence(text: str) -> bool:
    steps = {(ord(b) - ord(a)) for a, b in pairwise(text)}
    return steps in ({1}, {-1}) or text in "01234567890123456789"
