"""How the rules read a template."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Resources = Mapping[str, Mapping[str, Any]]
Template = Mapping[str, Any]
Templates = Mapping[str, Template]
"""By stack."""


def resources_of(template: Template) -> Resources:
    found: Resources = template.get("Resources", {})
    return found


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def everywhere(templates: Templates, kind: str) -> Iterator[Mapping[str, Any]]:
    """Properties of all of that type, in all stacks."""
    for template in templates.values():
        yield from (properties for _, properties in of_type(resources_of(template), kind))


def mappings_from(resources: Resources, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, properties in of_type(resources, "AWS::Lambda::EventSourceMapping"):
        if resources.get(target_of(properties["EventSourceArn"]), {}).get("Type") == kind:
            yield name, properties


def target_of(value: object) -> str:
    """The logical id that `{Ref: id}` or `{Fn::GetAtt: [id, attribute]}` points to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
    return ""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def place_of(value: Any, stack: str, templates: Templates) -> str:
    """One name for what several stacks mean: by the parameter of SSM that tells it, or else by the stack."""
    if isinstance(value, str):
        return value
    told = {
        (other, json.dumps(properties["Value"])): str(properties["Name"])
        for other, template in templates.items()
        for _, properties in of_type(resources_of(template), "AWS::SSM::Parameter")
    }
    parameter = templates[stack].get("Parameters", {}).get(target_of(value), {})
    return str(parameter.get("Default") or told.get((stack, json.dumps(value))) or f"{stack}:{json.dumps(value)}")
