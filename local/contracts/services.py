"""The services as they are written: their HTTP routes and the events that they listen to."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Route

from infra_cdk.parts import entry_points
from infra_cdk.parts.subscriptions import subscriptions
from local.paths import ROOT
from stadion.contract import Contract, contract_of
from stadion.http import Api

FUNCTIONS: Final = ROOT / "functions"
WORDS: Final = "contract.toml"
"""In a service's folder: what the document says of it, which no function needs."""
NO_ORDER: Final = 50


@dataclass(frozen=True)
class Words:
    """Of one service."""

    order: int
    """Its place in the document; the same one: by name."""
    tags: Mapping[str, str]
    parameters: Mapping[str, str]

    @classmethod
    @cache
    def of(cls, service: str) -> "Words":
        path = FUNCTIONS / service / WORDS
        said = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
        return cls(said.get("order", NO_ORDER), said.get("tags", {}), said.get("parameters", {}))


@dataclass(frozen=True)
class Operation:
    """A route that the document shows."""

    service: str
    route: Route
    entry_point: str = "api"

    @property
    def id(self) -> str:
        """camelCase of the function's name; it never changes while the function keeps its name."""
        first, *rest = self.function.__name__.split("_")
        return first + "".join(word.title() for word in rest)

    @property
    def function(self) -> Callable[..., Any]:
        return self.route.func

    @property
    def contract(self) -> Contract:
        return contract_of(self.function)

    @property
    def path(self) -> str:
        return self.route.openapi_path

    @property
    def method(self) -> str:
        return self.route.method.lower()


PARTNERS: Final = "on_partner_request"
"""The entry point of a service's part of the partner API."""
APIS: Final = {"api": entry_points.APIS}
"""An API that a service answers with several functions."""


def services(api: str = "api") -> list[str]:
    names = {service for point in points_of(api) for service, _ in _modules(point)}
    return sorted(names, key=lambda name: (Words.of(name).order, name))


def points_of(api: str, service: str | None = None) -> list[str]:
    """The entry points of an API, `api` or `PARTNERS`, or those that the service has."""
    every = APIS.get(api, (api,))
    return [one for one in every if service is None or any(owner == service for owner, _ in _modules(one))]


def _modules(entry_point: str) -> Iterator[tuple[str, str]]:
    """(service, module) for each; it may lie in a wing."""
    for path in FUNCTIONS.glob(f"*/**/{entry_point}.py"):
        places = path.relative_to(FUNCTIONS).with_suffix("").parts
        yield places[0], ".".join(places)


def api_of(service: str, entry_point: str = "api") -> Api:
    module = next(module for owner, module in _modules(entry_point) if owner == service)
    found = import_module(module).api
    assert isinstance(found, Api)  # noqa: S101 - for the type checker
    return found


def operations(service: str, api: str = "api") -> list[Operation]:
    """In the order in which the routes are written: those of an entry point itself, then each router's."""
    return [operation for point in points_of(api, service) for operation in _operations(service, point)]


def _operations(service: str, entry_point: str) -> list[Operation]:
    api = api_of(service, entry_point)
    routes: list[Any] = [*api._static_routes, *api._dynamic_routes]
    shown = [
        Operation(service, route, entry_point)
        for route in routes
        if route.include_in_schema and route.method != "OPTIONS"
    ]
    files = list(dict.fromkeys(operation.function.__code__.co_filename for operation in shown))
    files.sort(key=lambda file: Path(file).stem != entry_point)

    def place(operation: Operation) -> tuple[int, int]:
        code = operation.function.__code__
        return files.index(code.co_filename), code.co_firstlineno

    return sorted(shown, key=place)


def consumers() -> Iterator[tuple[str, str]]:
    """(entry point such as `inventory/on_workout_events.py`, event) for each subscription."""
    for path in sorted(FUNCTIONS.glob("*/**/on_*.py")):
        for event in subscriptions(path):
            yield path.relative_to(FUNCTIONS).as_posix(), event
