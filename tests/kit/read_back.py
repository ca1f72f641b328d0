"""What CloudFormation made, read back through each service's own API and in the words of the template."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from local.aws import Aws
from tests.kit.matching import Like, matches, own_tags, pattern_of
from tests.kit.readers import READERS
from tests.kit.readers.services import Services

Props = dict[str, Any]

ACCOUNT: Final = "000000000000"


TAGS: Final = frozenset({"Tags", "UserPoolTags"})


@dataclass(frozen=True)
class Resource:
    stack: str
    logical_id: str
    kind: str
    physical_id: str
    properties: Props
    """Of the template, with its references resolved as far as the API tells them."""

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id} ({self.kind})"


@dataclass
class Deployed:
    """The stacks of an emulator by their templates and what became of them."""

    aws: Aws
    stacks: tuple[str, ...]
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.services = Services(self.aws)

    def resources(self) -> Iterator[Resource]:
        for stack in self.stacks:
            template = self._template(stack)
            ids = self._physical_ids(stack) | self._parameters(template)
            for logical_id, told in template["Resources"].items():
                known = self._resolved(told.get("Properties", {}), ids)
                yield Resource(stack, logical_id, told["Type"], ids[logical_id], known)

    def lost(self, resource: Resource, names: frozenset[str]) -> list[str]:
        """Those of the properties that the service does not have, each with what was said and what is there."""
        wanted = {name: value for name, value in resource.properties.items() if name in names}
        if not wanted:
            return []
        read = READERS[resource.kind](self.services, resource.physical_id, resource.properties)
        found = {name: own_tags(value) if name in TAGS else value for name, value in read.items()}
        return [
            f"{resource}.{name}: said {value}, found {found.get(name)}"
            for name, value in wanted.items()
            if not matches(value, found.get(name))
        ]

    def _template(self, stack: str) -> Props:
        body: Any = self.aws.cloudformation.get_template(StackName=stack)["TemplateBody"]
        return dict(json.loads(body) if isinstance(body, str) else body)

    def _physical_ids(self, stack: str) -> dict[str, str]:
        pages = self.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}

    def _parameters(self, template: Props) -> dict[str, str]:
        """What the platform told (`infra_cdk/parts/known_platform.py`)."""
        said = template.get("Parameters", {}).items()
        told = {name: one["Default"] for name, one in said if one["Type"].startswith("AWS::SSM::Parameter::Value")}
        return {name: self.services.ssm.get_parameter(Name=at)["Parameter"]["Value"] for name, at in told.items()}

    def _resolved(self, value: Any, ids: Mapping[str, str]) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._pseudo.get(name) or ids[name]
            case {"Fn::GetAtt": [_, "RootResourceId" | "StreamArn"]}:
                return Like(".+")
            case {"Fn::GetAtt": [str(name), *_]}:
                return Like(f".*{re.escape(re.split('[/:]', ids[name])[-1])}.*")
            case {"Fn::Join": [str(separator), list(parts)]}:
                return Like(re.escape(separator).join(pattern_of(self._resolved(part, ids)) for part in parts))
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._pseudo.get(found[1]) or ids[found[1]], text)
            case dict():
                return {key: self._resolved(one, ids) for key, one in value.items()}
            case list():
                return [self._resolved(one, ids) for one in value]
        return value

    @cached_property
    def _pseudo(self) -> dict[str, str]:
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": self.aws.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }
