"""The functions of a service, by what they do (`on_workout_events`, `send_batch`), or by their place in the stack."""

from functools import cache
from importlib import import_module
from typing import Any, Final

from infra_cdk.parts.entry_points import EntryPoint, entry_points
from local.paths import ROOT

FUNCTIONS: Final = ROOT / "functions"


@cache
def entry_point(service: str, what: str) -> EntryPoint:
    """Of one name in several wings the root's is meant; another's is told by its place, `reviews/on_order_events`."""
    own = [one for one in entry_points(FUNCTIONS) if one.service == service]
    named = EntryPoint.of(service, what)
    found = [one for one in own if one == named] or [one for one in own if one.what == what]
    assert len(found) == 1, (
        f"{service} has {len(found)} functions {what!r}: {[one.path for one in found]}; "
        "name one by its place in the stack, such as reviews/on_order_events"
    )
    return found[0]


def handler_of(service: str, what: str) -> Any:
    place = entry_point(service, what)
    return getattr(import_module(place.imported), place.attribute)
