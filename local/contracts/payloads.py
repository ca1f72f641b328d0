"""Canonical payloads: what Lambda hands to each kind of entry point."""

import json
from typing import Any, Final

from local.contracts.event_files import ACCOUNT, REGION, sample
from stadion.events.examples import USER
from stadion.events.outbox import PREFIX
from stadion.events.workouts import WorkoutRecorded

API: Final = "a1b2c3d4e5"
UPLOAD: Final = "0193a1c0-6a0d-7b2c-8d4e-1f5a7b9c3d22"
MILLISECONDS: Final = 1795242600000


def files() -> dict[str, Any]:
    return {
        "samples/http-request.json": http_request(),
        "samples/outbox-stream-record.json": outbox_record(),
        "samples/queued-event.json": queued(json.dumps(sample(WorkoutRecorded)), "stadion-inventory-on-workout-events"),
        "samples/file-arrival.json": queued(json.dumps(arrival()), "stadion-workouts-uploads-on-upload"),
    }


def http_request() -> dict[str, Any]:
    """API Gateway, payload 2.0, with the claims that its JWT authorizer passes on."""
    body = {
        "sport_type": "Run",
        "started_at": "2026-11-21T08:40:00+03:00",
        "elapsed_time_s": 1834,
        "distance_m": 6400,
    }
    claims = {
        "sub": USER,
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "client_id": "example",
        "username": USER,
        "cognito:groups": "[admin]",
    }
    domain = f"{API}.execute-api.{REGION}.amazonaws.com"
    return {
        "version": "2.0",
        "routeKey": "POST /v1/workouts",
        "rawPath": "/v1/workouts",
        "rawQueryString": "",
        "headers": {
            "accept-language": "ru-RU, ru;q=0.9",
            "authorization": "Bearer …",
            "content-type": "application/json",
            "host": domain,
            "idempotency-key": "1f0c4c5e-2f1b-4f0e-9d3a-5b6c7d8e9f01",
            "x-correlation-id": "3f1c6f0e-5d8e-4b43-9d0b-0f6f6f2f7c11",
        },
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API,
            "authorizer": {"jwt": {"claims": claims, "scopes": ["aws.cognito.signin.user.admin"]}},
            "domainName": domain,
            "domainPrefix": API,
            "http": {
                "method": "POST",
                "path": "/v1/workouts",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "Stadion/1.0 (Android 16)",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /v1/workouts",
            "stage": "$default",
            "time": "21/Nov/2026:06:30:00 +0000",
            "timeEpoch": MILLISECONDS,
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def outbox_record() -> dict[str, Any]:
    """A table's stream: the outbox item that a write left for the relay."""
    event = sample(WorkoutRecorded)
    entry = {"source": event["source"], "detail_type": event["detail-type"], "detail": event["detail"]}
    keys = {"pk": {"S": PREFIX + event["detail"]["event_id"]}, "sk": {"S": "OUTBOX"}}
    image = {
        **keys,
        "kind": {"S": "outbox"},
        "body": {"S": json.dumps(entry)},
        "expires_at": {"N": str(MILLISECONDS // 1000 + 7 * 86400)},
    }
    return {
        "Records": [
            {
                "eventID": "c4ca4238a0b923820dcc509a6f75849b",
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": REGION,
                "dynamodb": {
                    "ApproximateCreationDateTime": MILLISECONDS / 1000,
                    "Keys": keys,
                    "NewImage": image,
                    "SequenceNumber": "111",
                    "SizeBytes": 1024,
                    "StreamViewType": "NEW_IMAGE",
                },
                "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/stadion-workouts/stream/"
                "2026-11-01T00:00:00.000",
            }
        ]
    }


def queued(body: str, queue: str) -> dict[str, Any]:
    """SQS, a batch of one."""
    return {
        "Records": [
            {
                "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a…",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(MILLISECONDS),
                    "SenderId": "AIDAEXAMPLE",
                    "ApproximateFirstReceiveTimestamp": str(MILLISECONDS + 7),
                },
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
                "awsRegion": REGION,
            }
        ]
    }


def arrival() -> dict[str, Any]:
    """S3's notice of a new object."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": "2026-11-21T06:30:00.000Z",
                "eventName": "ObjectCreated:Post",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {"name": "stadion-files", "arn": "arn:aws:s3:::stadion-files"},
                    "object": {
                        "key": f"uploads/{USER}/{UPLOAD}",
                        "size": 104857,
                        "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                        "sequencer": "0055AED6DCD90281E5",
                    },
                },
            }
        ]
    }
