"""SnapStart: what a function does once, before Lambda takes its snapshot, instead of in somebody's first request.

Every copy begins as the snapshot was. So nothing that must differ is drawn before it (ids and codes come from the
operating system), no connection and no secret is kept in it, and botocore's own jitter is seeded anew.
"""

import importlib
import random
import sys
from collections.abc import Callable, Sequence
from typing import Final

from stadion import clients
from stadion.observability import logger
from stadion.settings import settings

NOBODY: Final = "SNAPSHOT"
"""The key of an item that is never there."""
DYNAMO: Final = "stadion.dynamo"
"""Imported where it is used: a function without a table has none of it."""


def prepare(modules: Sequence[str] = ()) -> None:
    """Registers the hooks where Lambda has them. `modules`: those that are imported with the first request only."""
    try:
        from snapshot_restore_py import (  # type: ignore[import-not-found]
            register_after_restore,
            register_before_snapshot,
        )
    except ImportError:
        return
    register_before_snapshot(before_snapshot, modules)
    register_after_restore(after_restore)


def before_snapshot(modules: Sequence[str]) -> None:
    """What fails here is done by the first request, as without a snapshot: a version is published all the same."""
    for module in modules:
        importlib.import_module(module)
    for client in clients.REGISTERED:
        _tried(client)
    _tried(_ask_for_nothing)
    _hang_up()


def _tried(step: Callable[[], object]) -> None:
    """One that cannot be prepared keeps no other from it."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - whatever it is, the version is good without
        logger.warning("not prepared", extra={"error": type(error).__name__})


def after_restore() -> None:
    random.seed()  # botocore draws its pauses by it


def _ask_for_nothing() -> None:
    """One look at the table: credentials, signature, TLS and parsers are loaded then."""
    if DYNAMO not in sys.modules or not settings().table:
        return
    from stadion import dynamo

    dynamo.Item.find(NOBODY, NOBODY, consistent=False)


def _hang_up() -> None:
    """Connections of before are dead in every copy."""
    for client in clients.REGISTERED:
        if client.is_made:
            client().close()
    if DYNAMO in sys.modules:
        from stadion import dynamo

        dynamo.hang_up()
