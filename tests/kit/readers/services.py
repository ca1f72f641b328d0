"""Clients, and lists that many resources are looked up in."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from local.aws import Aws

Props = dict[str, Any]

CLIENTS: Final = {"functions": "lambda", "cognito_idp": "cognito-idp"}


@dataclass(frozen=True)
class Services:
    """Clients by name, and lists that many resources are looked up in."""

    aws: Aws

    def __getattr__(self, name: str) -> Any:
        return _client(self.aws, CLIENTS.get(name, name))

    def routes(self, api_id: str) -> dict[str, Props]:
        return _routes(self.aws, api_id)

    def alarms(self) -> dict[str, Props]:
        return _alarms(self.aws)

    def digest(self, bucket: str, key: str) -> str:
        """SHA-256 of an object, in base64 as Lambda tells it of code."""
        return _digest(self.aws, bucket, key)


@cache
def _client(aws: Aws, name: str) -> Any:
    return aws.client(name)


@cache
def _routes(aws: Aws, api_id: str) -> dict[str, Props]:
    pages = _client(aws, "apigatewayv2").get_paginator("get_routes").paginate(ApiId=api_id)
    return {f"{api_id}/{route['RouteId']}": route for page in pages for route in page["Items"]}


@cache
def _alarms(aws: Aws) -> dict[str, Props]:
    pages = _client(aws, "cloudwatch").get_paginator("describe_alarms").paginate()
    return {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}


@cache
def _digest(aws: Aws, bucket: str, key: str) -> str:
    content = _client(aws, "s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def pascal(value: Any) -> Any:
    """camelCase keys as CloudFormation writes them."""
    match value:
        case dict():
            return {key[:1].upper() + key[1:]: pascal(one) for key, one in value.items()}
        case list():
            return [pascal(one) for one in value]
    return value


def pascal_keys(value: Props) -> Props:
    """The outer keys only: what is inside are names of headers and content types."""
    return {key[:1].upper() + key[1:]: one for key, one in value.items()}


def tag_list(tags: Mapping[str, str]) -> list[Props]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def said_ids(said: Props, *names: str) -> Props:
    """What was asked by: it was found there."""
    return {name: said[name] for name in names}
