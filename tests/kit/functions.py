"""The functions of a service, by what they do: `on_workout_events`, `send_batch`."""

from functools import cache
from importlib import import_module
from typing import Any, Final

from infra_cdk.parts.entry_points import EntryPoint, entry_points
from local.paths import ROOT

FUNCTIONS: Final = ROOT / "functions"


@cache
def entry_point(service: str, what: str) -> EntryPoint:
    found = [one for one in entry_points(FUNCTIONS) if (one.service, one.what) == (service, what)]
    assert len(found) == 1, f"{service} has {len(found)} functions {what}"
    return found[0]


def handler_of(service: str, what: str) -> Any:
    place = entry_point(service, what)
    return getattr(import_module(place.imported), place.attribute)
