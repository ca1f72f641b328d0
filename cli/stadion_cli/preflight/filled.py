"""CloudFormation's functions, answered as far as names go: a reference becomes an ARN that looks like the real one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

NAMES: Final = (
    "FunctionName",
    "TableName",
    "QueueName",
    "BucketName",
    "TopicName",
    "StateMachineName",
    "RoleName",
    "LogGroupName",
    "Name",
)
ARN_BY_REF: Final = frozenset(
    {"AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::SecretsManager::Secret", "AWS::Lambda::Version"}
)
SHAPES: Final = {
    "AWS::Lambda::Function": "lambda:{at}:function:{name}",
    "AWS::DynamoDB::Table": "dynamodb:{at}:table/{name}",
    "AWS::SQS::Queue": "sqs:{at}:{name}",
    "AWS::SNS::Topic": "sns:{at}:{name}",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::KMS::Key": "kms:{at}:key/11111111-2222-3333-4444-555555555555",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::StepFunctions::StateMachine": "states:{at}:stateMachine:{name}",
    "AWS::Logs::LogGroup": "logs:{at}:log-group:{name}:*",
    "AWS::SecretsManager::Secret": "secretsmanager:{at}:secret:{name}-AbCdEf",
    "AWS::Events::EventBus": "events:{at}:event-bus/{name}",
    "AWS::Cognito::UserPool": "cognito-idp:{at}:userpool/eu-central-1_{name}",
}
HOLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")


class Templates(Protocol):
    """What `Assembly` is to it."""

    @property
    def templates(self) -> Mapping[str, Mapping[str, Any]]: ...

    def parameter(self, name: str) -> tuple[str, Any] | None: ...


@dataclass(frozen=True)
class Filled:
    assembly: Templates
    stack: str
    account: str
    region: str
    partition: str = "aws"

    @property
    def _template(self) -> Mapping[str, Any]:
        return self.assembly.templates[self.stack]

    def value(self, found: Any) -> Any:
        if isinstance(found, list):
            return [self.value(one) for one in found]
        if not isinstance(found, dict):
            return found
        if len(found) == 1:
            (name, argument), *_ = found.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._answer(name, argument)
        return {key: self.value(one) for key, one in found.items()}

    def _answer(self, name: str, argument: Any) -> Any:
        if name == "Ref":
            return self._ref(argument)
        if name == "Fn::GetAtt":
            return self._attribute(*(argument if isinstance(argument, list) else argument.split(".", 1)))
        if name == "Fn::Join":
            return argument[0].join(str(self.value(one)) for one in argument[1])
        if name == "Fn::Sub":
            return self._substituted(argument)
        return self._selected(*argument) if name == "Fn::Select" else str(argument)

    def _selected(self, index: Any, values: Any) -> Any:
        if isinstance(values, dict) and "Fn::Split" in values:
            separator, text = values["Fn::Split"]
            values = str(self.value(text)).split(separator)
        return self.value(values[int(index)]) if int(index) < len(values) else ""

    def _ref(self, name: str) -> str:
        own = {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": self.partition,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.stack,
        }
        if name in own:
            return own[name]
        resource = self._template.get("Resources", {}).get(name)
        if resource is None:
            return self._parameter(name)
        return self._arn(name) if resource["Type"] in ARN_BY_REF else self._name_of(name)

    def _parameter(self, name: str) -> str:
        declared = self._template.get("Parameters", {}).get(name, {})
        default = str(declared.get("Default", name))
        if str(declared.get("Type", "")).startswith("AWS::SSM::Parameter::Value"):
            return str(self._elsewhere(self.assembly.parameter(default), default))
        return default

    def _elsewhere(self, found: tuple[str, Any] | None, name: str) -> Any:
        if found is None:
            return name
        stack, value = found
        return Filled(self.assembly, stack, self.account, self.region, self.partition).value(value)

    def _attribute(self, name: str, attribute: str) -> str:
        if attribute == "StreamArn":
            return f"{self._arn(name)}/stream/2026-01-01T00:00:00.000"
        return self._arn(name) if attribute.endswith("Arn") else self._name_of(name)

    def _name_of(self, name: str) -> str:
        properties = self._template.get("Resources", {}).get(name, {}).get("Properties", {})
        named = next((properties[key] for key in NAMES if key in properties), name)
        return str(self.value(named))

    def _arn(self, name: str) -> str:
        kind = self._template.get("Resources", {}).get(name, {}).get("Type", "")
        called = self._name_of(name)
        shape = SHAPES.get(kind, "lambda:{at}:function:{name}")
        at = f"{self.region}:{self.account}"
        return f"arn:{self.partition}:" + shape.format(at=at, account=self.account, name=called)

    def _substituted(self, argument: Any) -> str:
        text, values = argument if isinstance(argument, list) else (argument, {})

        def named(hole: "re.Match[str]") -> str:
            name = hole[1]
            if name in values:
                return str(self.value(values[name]))
            head, _, attribute = name.partition(".")
            return self._attribute(head, attribute) if attribute else self._ref(head)

        return HOLE.sub(named, text)
