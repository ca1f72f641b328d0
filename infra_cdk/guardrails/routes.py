"""Routes of an API that several stacks share."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from infra_cdk.guardrails.limits import MAX_ROUTES
from infra_cdk.guardrails.templates import Templates, as_list, place_of, resources_of

PARAMETER = re.compile(r"\{\w+\}")


def owners(templates: Templates) -> Iterator[str]:
    """API Gateway takes a route once, whatever its parameters are called: the second stack would not deploy."""
    known: dict[tuple[str, str], str] = {}
    for stack, name, route in _routes(templates):
        properties = route["Properties"]
        key = PARAMETER.sub("{}", properties["RouteKey"])
        owner = known.setdefault((place_of(properties["ApiId"], stack, templates), key), f"{stack}/{name}")
        if owner != f"{stack}/{name}":
            yield f"{stack}/{name}: {properties['RouteKey']} is a route of {owner}"


def count(templates: Templates) -> Iterator[str]:
    counts = Counter(place_of(one["Properties"]["ApiId"], stack, templates) for stack, _, one in _routes(templates))
    for api, number in counts.items():
        if number > MAX_ROUTES:
            yield f"an API has {number} routes, more than {MAX_ROUTES}: {api}"


def side_by_side(templates: Templates) -> Iterator[str]:
    """API Gateway changes an API once at a time, and refuses who comes meanwhile."""
    rows: defaultdict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
    for stack, name, route in _routes(templates):
        api = place_of(route["Properties"]["ApiId"], stack, templates)
        rows[stack, api][name] = as_list(route.get("DependsOn", []))
    for (stack, _), routes in rows.items():
        before = {name: [one for one in waits if one in routes] for name, waits in routes.items()}
        first = [name for name, waits in before.items() if not waits]
        followed = Counter(one for waits in before.values() for one in waits)
        if len(first) > 1 or any(number > 1 for number in followed.values()):
            yield f"{stack}: routes of one API are made side by side ({len(first)} wait for none): in_a_row"


def _routes(templates: Templates) -> Iterator[tuple[str, str, Any]]:
    for stack, template in templates.items():
        for name, resource in resources_of(template).items():
            if resource["Type"] == "AWS::ApiGatewayV2::Route":
                yield stack, name, resource
