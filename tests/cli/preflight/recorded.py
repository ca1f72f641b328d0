"""An account that answers from a table: botocore's clients with everything of theirs but the network.

Answers are held against botocore's own descriptions of the services, so that a recording cannot have a shape that AWS
has not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.validate import ParamValidator

from local.aws import Aws

REGION = "eu-central-1"
Answer = Mapping[str, Any] | Callable[[dict[str, Any]], Any]
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Error:
    code: str
    message: str = ""
    status: int = 400


def denied(params: dict[str, Any]) -> Error:
    return Error("AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/reader is not authorized", 403)


@dataclass(frozen=True)
class RecordedAccount(Aws):
    """`service.operation_in_snake_case` -> an answer, an `Error`, or a function of what was asked."""

    answers: Answers = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, answers: Answers) -> "RecordedAccount":
        return cls("https://aws.example", REGION, answers)

    def __hash__(self) -> int:
        return id(self)

    def client(self, service: str, *, region_name: str = REGION, **_: Any) -> Any:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": region_name}
        made = boto3.Session(**keys).client(service, config=Config(retries={"max_attempts": 1, "mode": "standard"}))
        made.meta.events.register("before-parameter-build.*.*", _remembered)
        made.meta.events.register(
            "before-call.*.*", lambda model, context, **_: self._answer(service, model, context, region_name)
        )
        return made

    def _answer(self, service: str, model: Any, context: dict[str, Any], region: str) -> Any:
        """Of another region by `ssm.get_parameter@us-east-1`, where that is recorded."""
        params = context["asked"]
        name = f"{service}.{_snake(model.name)}"
        name = elsewhere if (elsewhere := f"{name}@{region}") in self.answers else name
        self.asked.append((name, params))
        if name not in self.answers:
            raise AssertionError(f"nothing is recorded for {name} {params}")
        found = self.answers[name]
        answer = found(params) if callable(found) else found
        if isinstance(answer, Error):
            said = {"Error": {"Code": answer.code, "Message": answer.message}}
            return AWSResponse("", answer.status, {}, None), {
                **said,
                "ResponseMetadata": {"HTTPStatusCode": answer.status},
            }
        if model.output_shape is not None:
            report = ParamValidator().validate(answer, model.output_shape)
            assert not report.has_errors(), f"{name}: {report.generate_report()}"
        return AWSResponse("", 200, {}, None), {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _remembered(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["asked"] = dict(params)


def _snake(name: str) -> str:
    from botocore import xform_name

    return str(xform_name(name))
