"""Lambda, Step Functions and Scheduler, and what they may do."""

import json
import re
from typing import Any

from tests.kit.matching import matches, pattern_of
from tests.kit.readers.services import Props, Services, pascal, tag_list


def event_source_mapping(services: Services, physical_id: str, said: Props) -> Props:
    found = services.functions.get_event_source_mapping(UUID=physical_id)
    tags = services.functions.list_tags(Resource=found["EventSourceMappingArn"])["Tags"] if "Tags" in said else {}
    name = (
        found["FunctionArn"] if ":function:" in pattern_of(said["FunctionName"]) else found["FunctionArn"].split(":")[6]
    )
    return {**found, "FunctionName": name, "Tags": tag_list(tags)}


def function(services: Services, physical_id: str, said: Props) -> Props:
    told = services.functions.get_function(FunctionName=physical_id)
    found = told["Configuration"]
    code = said.get("Code", {})
    is_its_code = "S3Key" in code and services.digest(code["S3Bucket"], code["S3Key"]) == found["CodeSha256"]
    concurrency = services.functions.get_function_concurrency(FunctionName=physical_id)
    return {
        **found,
        **concurrency,
        "Code": code if is_its_code else found["CodeSha256"],
        "Layers": [layer["Arn"] for layer in found.get("Layers", [])],
        "Tags": tag_list(told.get("Tags", {})),
    }


def layer_version(services: Services, physical_id: str, said: Props) -> Props:
    found = services.functions.get_layer_version_by_arn(Arn=physical_id)
    content = said["Content"]
    is_its_code = services.digest(content["S3Bucket"], content["S3Key"]) == found["Content"]["CodeSha256"]
    return {**found, "LayerName": physical_id.split(":")[-2], "Content": content if is_its_code else found["Content"]}


def permission(services: Services, _: str, said: Props) -> Props:
    """The statement with that source, since statements have no name in a template."""
    asked = re.sub(r"\\(.)", r"\1", pattern_of(said["FunctionName"])).replace(".*", "")
    policy = json.loads(services.functions.get_policy(FunctionName=asked.rpartition(":")[2])["Policy"])
    for statement in policy["Statement"]:
        condition = statement.get("Condition", {})
        source = condition.get("ArnLike", {}).get("AWS:SourceArn")
        if matches(said["SourceArn"], source):
            principal = statement["Principal"]["Service"]
            return {**statement, "Principal": principal, "SourceArn": source, "FunctionName": statement["Resource"]}
    return {}


def state_machine(services: Services, physical_id: str, said: Props) -> Props:
    found = services.stepfunctions.describe_state_machine(stateMachineArn=physical_id)
    tags = services.stepfunctions.list_tags_for_resource(resourceArn=physical_id)["tags"]
    return {
        **pascal(found),
        "StateMachineName": found["name"],
        "StateMachineType": found["type"],
        "DefinitionString": said["DefinitionString"] if _same_states(said, found) else found["definition"],
        "DefinitionSubstitutions": _substituted(said["DefinitionSubstitutions"], found["definition"]),
        "Tags": pascal(tags),
    }


def _substituted(said: Props, definition: str) -> Props:
    """Where each name stood is now its value, and no name is left."""
    left = set(re.findall(r"\$\{(\w+)\}", definition))
    return {name: _first(value, definition) for name, value in said.items() if name not in left}


def _first(value: Any, text: str) -> str | None:
    found = re.search(pattern_of(value).removeprefix(".*").removesuffix(".*"), text)
    return found[0] if found else None


def _same_states(said: Props, found: Props) -> bool:
    told: dict[str, Any] = json.loads(found["definition"])
    return bool(json.loads(said["DefinitionString"])["States"].keys() == told["States"].keys())


def schedule(services: Services, _: str, said: Props) -> Props:
    return dict(services.scheduler.get_schedule(Name=said["Name"], GroupName=said.get("GroupName", "default")))


def schedule_group(services: Services, _: str, said: Props) -> Props:
    found = services.scheduler.get_schedule_group(Name=said["Name"])
    return {**found, "Tags": services.scheduler.list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]}


def role_policy(services: Services, _: str, said: Props) -> Props:
    [role, *_more] = said["Roles"]
    found = services.iam.get_role_policy(RoleName=role, PolicyName=said["PolicyName"])
    return {**found, "Roles": [found["RoleName"]]}


def role(services: Services, physical_id: str, _: Props) -> Props:
    found = services.iam.get_role(RoleName=physical_id)["Role"]
    attached = services.iam.list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
    tags = services.iam.list_role_tags(RoleName=physical_id)["Tags"]
    return {**found, "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached], "Tags": tags}
