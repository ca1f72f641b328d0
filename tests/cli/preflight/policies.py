"""IAM's answer to `simulate-custom-policy`, as far as the policies of the templates need it."""

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any


def simulated(params: dict[str, Any]) -> dict[str, Any]:
    (action,), (resource,) = params["ActionNames"], params["ResourceArns"]
    context = {one["ContextKeyName"]: one["ContextKeyValues"] for one in params.get("ContextEntries", [])}
    effects = set(_effects(params["PolicyInputList"], action, resource, context))
    decision = "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"
    found = {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision}
    return {"EvaluationResults": [found], "IsTruncated": False}


def _effects(policies: Iterable[str], action: str, resource: str, context: dict[str, list[str]]) -> Iterator[str]:
    for statement in (one for policy in policies for one in json.loads(policy)["Statement"]):
        named = any(fnmatchcase(action.lower(), one.lower()) for one in _listed(statement["Action"]))
        meant = any(fnmatchcase(resource, one) for one in _listed(statement["Resource"]))
        if named and meant and _holds(statement.get("Condition", {}), context):
            yield statement["Effect"]


def _holds(condition: dict[str, Any], context: dict[str, list[str]]) -> bool:
    return all(
        _compared(operator, context.get(key, []), _listed(values))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _compared(operator: str, given: list[str], wanted: list[str]) -> bool:
    each = operator.startswith("ForAllValues:")
    matches = [any(fnmatchcase(one, pattern) for pattern in wanted) for one in given]
    return all(matches) if each else bool(given) and all(matches)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
