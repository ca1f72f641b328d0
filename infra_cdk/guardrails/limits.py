"""What AWS counts, with room left: a quota that is raised takes days."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from infra_cdk.guardrails.templates import Resources, Templates, everywhere, of_type, place_of, resources_of, target_of

MAX_ROUTES = 270
"""Of one HTTP API: the quota is 300, and a raise takes days."""
MAX_RESOURCES = 450
"""Of one stack: CloudFormation takes 500."""
MAX_POLICY = 9_000
"""Characters of all that a role is allowed inline: IAM takes 10 240."""
MAX_UNZIPPED = 225 * 2**20
"""Bytes of a function and its layers: Lambda takes 250 MB."""
MAX_VARIABLES = 3_600
"""Characters of a function's variables, names and values: Lambda takes 4 096 bytes."""
MAX_RESERVED = 900
"""Executions at once that functions keep for themselves, and those that queues may take: an account has 1 000, and 100
must stay free, for workflows and streams."""


def reserved_executions(templates: Templates) -> Iterator[str]:
    reserved = _reserved(templates)
    if reserved > MAX_RESERVED:
        yield f"functions keep {reserved} executions for themselves, more than {MAX_RESERVED}"


def executions_at_once(templates: Templates) -> Iterator[str]:
    """Reserved and by ceilings: then no crowd in any queue takes what somebody waits for, nor the rest of others."""
    reserved = _reserved(templates)
    mappings = everywhere(templates, "AWS::Lambda::EventSourceMapping")
    ceilings = sum(one.get("ScalingConfig", {}).get("MaximumConcurrency", 0) for one in mappings)
    if reserved + ceilings > MAX_RESERVED:
        yield f"functions keep {reserved} executions and queues may take {ceilings}, together more than {MAX_RESERVED}"


def _reserved(templates: Templates) -> int:
    return sum(one.get("ReservedConcurrentExecutions", 0) for one in everywhere(templates, "AWS::Lambda::Function"))


def unzipped_sizes(templates: Templates, sizes: Mapping[str, int]) -> Iterator[str]:
    for template in templates.values():
        resources = resources_of(template)
        layers = {name: p["Content"]["S3Key"] for name, p in of_type(resources, "AWS::Lambda::LayerVersion")}
        for name, p in of_type(resources, "AWS::Lambda::Function"):
            assets = [p["Code"]["S3Key"], *(layers.get(target_of(layer), "") for layer in p.get("Layers", ()))]
            size = sum(sizes.get(asset, 0) for asset in assets)
            if size > MAX_UNZIPPED:
                yield f"{name}: {size / 2**20:.0f} MB with its layers, more than {MAX_UNZIPPED / 2**20:.0f}"


def resource_count(resources: Resources) -> Iterator[str]:
    if len(resources) > MAX_RESOURCES:
        yield f"{len(resources)} resources, more than {MAX_RESOURCES}: a wing becomes a stack"


def policy_sizes(templates: Templates) -> Iterator[str]:
    """Of a role whose rights several stacks write, all together."""
    sizes: Counter[str] = Counter()
    for stack, template in templates.items():
        for _, properties in of_type(resources_of(template), "AWS::IAM::Policy"):
            for role in properties.get("Roles", ()):
                sizes[place_of(role, stack, templates)] += _length(properties)
        for name, properties in of_type(resources_of(template), "AWS::IAM::Role"):
            its_own = place_of({"Ref": name}, stack, templates)
            sizes[its_own] += sum(map(_length, properties.get("Policies", ())))
    for role, size in sizes.items():
        if size > MAX_POLICY:
            yield f"{role}: {size} characters of rights, more than {MAX_POLICY}"


def _length(policy: Mapping[str, Any]) -> int:
    return len(json.dumps(policy["PolicyDocument"], separators=(",", ":")))


def variables(resources: Resources) -> Iterator[str]:
    for name, properties in of_type(resources, "AWS::Lambda::Function"):
        known = properties.get("Environment", {}).get("Variables", {})
        size = sum(len(one if isinstance(one, str) else json.dumps(one)) for pair in known.items() for one in pair)
        if size > MAX_VARIABLES:
            yield f"{name}: {size} characters of variables, more than {MAX_VARIABLES}"
