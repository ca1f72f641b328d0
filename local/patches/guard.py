"""Notice that an upgrade changed what a mend relies on."""

import hashlib
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

WRITTEN_FOR = "1.5.33"


class PatchNoLongerFitsError(RuntimeError):
    """MiniStack is not the one that the patches were written for."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(
            f"MiniStack {version('ministack')} changed {what}, which local/patches relies on "
            f"(written for {WRITTEN_FOR}): {detail}. Look whether the mend is still needed, then change or remove it."
        )


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def pin(function: Callable[..., Any], expected: str) -> None:
    """The source of `function` is the one that the mend was written for."""
    found = fingerprint(inspect.getsource(function))
    if found != expected:
        raise PatchNoLongerFitsError(
            f"{function.__module__}.{function.__qualname__}", f"fingerprint {found}, expected {expected}"
        )


def replace_once(text: str, old: str, new: str, *, what: str) -> str:
    """`text` with its only `old` replaced."""
    if text.count(old) != 1:
        raise PatchNoLongerFitsError(what, f"expected exactly one {old.strip()[:60]!r}, found {text.count(old)}")
    return text.replace(old, new)
