"""Every route that athletes or strangers can reach, and what somebody else gets of it.

The routes come from the services themselves and the cases from beside their tests (`tests/<service>/route_cases.py`),
so that a new route without a case fails.
"""

from infra_cdk.parts.entry_points import folder_of
from local.contracts.services import api_of, points_of, services
from tests.kit.beside import beside
from tests.kit.route_cases import Case, Own

FOUND = beside("route_cases")
CASES_OF: dict[str, dict[str, Case]] = {folder_of(service): module.CASES for service, module in FOUND.items()}
CASES: dict[str, Case] = {route: case for cases in CASES_OF.values() for route, case in cases.items()}
PUBLIC = {
    "GET /v1/health",
    "GET /docs",
    "GET /docs/openapi.json",
    "GET /docs/swagger-ui.js",
    "GET /docs/swagger-ui.css",
    *(route for module in FOUND.values() for route in getattr(module, "PUBLIC", ())),
}
"""The platform's own, and what a service says of its routes."""
LAST: tuple[str, ...] = tuple(route for module in FOUND.values() for route in getattr(module, "LAST", ()))
"""After these, the one who tries has other tokens."""
MAKERS = [module.things for module in FOUND.values() if hasattr(module, "things")]
"""Each makes an athlete's things of one service, and returns their ids."""


def guarded_of(service: str) -> list[str]:
    """`METHOD /path/<with>/<parameters>` of a service's API, without what is public."""
    apis = [api_of(service, point) for point in points_of("api", service)]
    found = [f"{route.method} {route.path}" for api in apis for route in api._static_routes + api._dynamic_routes]
    return [route for route in found if route not in PUBLIC and not route.startswith("OPTIONS ")]


def routes() -> list[str]:
    """Of every service, in their turn."""
    return sorted((route for service in services() for route in guarded_of(service)), key=_turn)


def _turn(route: str) -> tuple[int, str]:
    """What is asked of others comes before one has things with the same ids."""
    return (2 + LAST.index(route) if route in LAST else isinstance(CASES.get(route), Own)), route


GUARDED = routes()
