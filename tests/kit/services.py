"""A service under test: its table on moto, its API called as API Gateway calls it, its events read from the outbox."""

import base64
import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3
import pytest

from stadion import clock, dynamo, partner_standing, settings
from stadion.change import Change
from stadion.events.partners import PartnerAbility
from stadion.partner_rights import PartnerStands
from tests.kit import declared
from tests.kit.functions import handler_of

ATHLETE = "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"
OTHER = "c9f0f895-fb98-4b91-9a0e-5b6c7d8e9f01"
STANDING_TABLE = "stadion-standing"
AUDIT_TABLE = "stadion-audit"
PSEUDONYMS_SECRET = "stadion/platform/pseudonyms"
ADDRESS = "192.0.2.7"
"""From which requests come."""


def service_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STADION_STAGE": "test",
        "STADION_BUS": "stadion",
        "STADION_STANDING_TABLE": STANDING_TABLE,
        "STADION_AUDIT_TABLE": AUDIT_TABLE,
        "POWERTOOLS_METRICS_NAMESPACE": "Stadion",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def create_table(name: str) -> None:
    indexes = ("gsi1", "gsi2") if name == AUDIT_TABLE else ("gsi1",)
    keys = ("pk", "sk", *(f"{index}{key}" for index in indexes for key in ("pk", "sk")))
    boto3.client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": f"{index}pk", "KeyType": "HASH"},
                    {"AttributeName": f"{index}sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in indexes
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def create_standing_table() -> None:
    """The platform's, once for all services."""
    with suppress(boto3.client("dynamodb").exceptions.ResourceInUseException):
        create_table(STANDING_TABLE)


def create_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's table of who did what, and the key of the hashes in it."""
    with suppress(boto3.client("dynamodb").exceptions.ResourceInUseException):
        create_table(AUDIT_TABLE)
    secrets = boto3.client("secretsmanager")
    with suppress(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(Name=PSEUDONYMS_SECRET, SecretString="the key of these tests")
    monkeypatch.setenv("STADION_PSEUDONYMS_SECRET", PSEUDONYMS_SECRET)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass
class Context:
    function_name: str = "test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:test"
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))


@dataclass
class Service:
    name: str
    monkeypatch: pytest.MonkeyPatch = field(repr=False)
    known_keys: set[str] = field(default_factory=set, repr=False)
    """Of partners, that were let in: what a test counts has no request of ours."""

    @classmethod
    def create(cls, name: str, monkeypatch: pytest.MonkeyPatch) -> "Service":
        service = cls(name, monkeypatch)
        create_table(service.table)
        create_standing_table()
        create_audit(monkeypatch)
        service.enter()
        return service

    @property
    def table(self) -> str:
        return f"stadion-{self.name}"

    def enter(self) -> None:
        """The environment of this service's functions, as Lambda would give it."""
        is_there = os.environ.get("STADION_TABLE") == self.table
        self.monkeypatch.setenv("STADION_SERVICE", self.name)
        self.monkeypatch.setenv("STADION_TABLE", self.table)
        self.monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", self.name)
        settings.forget()
        if not is_there:
            dynamo.forget_connections()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str | None = ATHLETE,
        query: dict[str, str] | None = None,
        source_ip: str = ADDRESS,
        **headers: str,
    ) -> Answer:
        event = http_event(method, path, body, user=user, query=query, headers=headers)
        event["requestContext"]["http"]["sourceIp"] = source_ip
        return self._ask(function_of(path), event)

    def sign(
        self, method: str, path: str, body: Any = None, *, query: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        """As an admin's command signs it."""
        event = http_event(method, path, body, user=None, query=query, headers=headers)
        event["requestContext"]["authorizer"] = {"iam": {"userArn": "arn:aws:iam::000000000000:user/admin"}}
        return self._ask(function_of(path), event)

    def ask(self, method: str, path: str, body: Any = None, *, key: str, **headers: str) -> Answer:
        """As a partner, through the REST API, which lets nobody in without a key."""
        if self.name != "partners" and key not in self.known_keys:
            self.enter()
            let_in(key)
            self.known_keys.add(key)
        return self._ask("on_partner_request", rest_event(method, path, body, {"x-api-key": key, **headers}))

    def _ask(self, function: str, event: dict[str, Any]) -> Answer:
        """An answer that its route does not declare fails the test, and so does a key that it does not declare."""
        self.enter()
        answer = answer_of(handler_of(self.name, function)(event, Context()))
        asked = event["requestContext"].get("http") or {"method": event["httpMethod"], "path": event["path"]}
        declared.check(asked["method"], asked["path"], answer.status, answer.headers, answer.body, service=self.name)
        if "idempotency-key" in event["headers"]:
            declared.check_key(asked["method"], asked["path"], service=self.name)
        return answer

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Calls another function of the service, `on_workout_events` or `send_batch`."""
        self.enter()
        return handler_of(self.name, function)(event, Context())

    def items(self) -> list[dict[str, Any]]:
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=self.table)
        return [item for page in pages for item in page["Items"]]

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(item["body"]["S"]) for item in self.items() if item.get("kind", {}).get("S") == kind]

    def published(self, detail_type: str | None = None) -> list[dict[str, Any]]:
        """The outbox in the order of its ids: {source, detail_type, detail}."""
        entries = sorted(self.bodies("outbox"), key=lambda entry: entry["detail"]["event_id"])
        return [entry for entry in entries if detail_type in {None, entry["detail_type"]}]


def function_of(path: str) -> str:
    """To which API Gateway would lead the request."""
    return "admin_api" if path.startswith("/v1/admin/") else "api"


def answer_of(raw: dict[str, Any]) -> Answer:
    text = raw.get("body") or ""
    if raw.get("isBase64Encoded"):
        text = base64.b64decode(text).decode()
    is_json = "json" in raw.get("headers", {}).get("Content-Type", "")
    return Answer(raw["statusCode"], raw["headers"], json.loads(text) if text and is_json else text)


def key_id_of(key: str) -> str:
    """What API Gateway calls a key here."""
    return f"key-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def let_in(key: str, *may: PartnerAbility) -> None:
    """A partner of another service's, as `partners` would tell of it: with this key, and all abilities or these."""
    partner_id = key.rpartition("-")[0]
    if partner_id and partner_standing.STANDINGS.find(partner_id) is None:
        stands = PartnerStands(may=list(may or PartnerAbility), keys={key_id_of(key): None})
        with Change(None, clock.now()) as change:
            partner_standing.keep(partner_id, stands, change=change)


def rest_event(method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
    """API Gateway's payload 1.0 with a body of bytes, as `binaryMediaTypes: */*` delivers it, and the key that it
    checked, by the name that it gave it."""
    key = headers.get("x-api-key")
    sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    named = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {
        "version": "1.0",
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": named,
        "multiValueHeaders": {name.title(): [value] for name, value in named.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "requestId": str(uuid4()),
            "stage": "live",
            "path": f"/live{path}",
            "httpMethod": method,
            "identity": {"sourceIp": ADDRESS, "apiKey": key, "apiKeyId": key_id_of(key)} if key else {},
        },
        "body": base64.b64encode(sent).decode() if sent is not None else None,
        "isBase64Encoded": sent is not None,
    }


def http_event(
    method: str,
    path: str,
    body: Any,
    *,
    user: str | None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """API Gateway's payload 2.0, with the claims that its JWT authorizer passes on."""
    named = {name.replace("_", "-").lower(): value for name, value in (headers or {}).items()}
    if body is not None:
        named.setdefault("content-type", "application/json")
    context: dict[str, Any] = {
        "http": {"method": method, "path": path, "sourceIp": ADDRESS, "userAgent": "test", "protocol": "HTTP/1.1"},
        "requestId": str(uuid4()),
        "stage": "$default",
        "accountId": "000000000000",
        "apiId": "test",
        "domainName": "test",
        "timeEpoch": 0,
    }
    if user is not None:
        claims = {"sub": user, "token_use": "access", "username": user, "iat": str(int(time.time()))}
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "&".join(f"{key}={value}" for key, value in (query or {}).items()),
        "queryStringParameters": query or None,
        "headers": named,
        "requestContext": context,
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def sqs_event(*entries: dict[str, Any], replay: str | None = None) -> dict[str, Any]:
    """Outbox entries as a queue behind an EventBridge rule delivers them; `replay`: by which the archive does."""
    replayed = {"replay-name": replay} if replay is not None else {}
    return {
        "Records": [
            {
                "messageId": str(uuid4()),
                "receiptHandle": "handle",
                "body": json.dumps(
                    {
                        "source": entry["source"],
                        "detail-type": entry["detail_type"],
                        "detail": entry["detail"],
                        **replayed,
                    }
                ),
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:test",
                "awsRegion": "us-east-1",
            }
            for entry in entries
        ]
    }
