"""Threads that all look before any of them writes: what holds then, holds however requests come."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient

from stadion.errors import StadionError
from tests.kit.services import Service


def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto answers one request at a time, as DynamoDB does for one item."""
    lock, honest = threading.Lock(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(*args: Any, **named: Any) -> Any:
        with lock:
            return honest(*args, **named)

    monkeypatch.setattr(BaseClient, "_make_api_call", called)


def raced(service: Service, look: tuple[Any, str], do: Callable[[int], Any], *, racers: int = 8) -> list[Any]:
    """What each racer came to: its result, or the code of what refused it.

    `look` is the function (its module, its name) by which they look; the first look of each waits for all the others'.
    """
    module, name = look
    honest = getattr(module, name)
    together, seen = threading.Barrier(racers), threading.local()

    def looked(*args: Any, **named: Any) -> Any:
        found = honest(*args, **named)
        if not getattr(seen, "once", False):
            seen.once = True
            together.wait(timeout=60)
        return found

    def one(number: int) -> Any:
        try:
            return do(number)
        except StadionError as error:
            return error.code

    with service.monkeypatch.context() as patched:
        one_at_a_time(patched)
        patched.setattr(module, name, looked)
        with ThreadPoolExecutor(racers) as pool:
            return list(pool.map(one, range(racers)))
