"""Makes small resources on a bare emulator, directly by API or by a template."""

import io
import itertools
import json
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from tests.kit.cognito import ClosedPool
from tests.kit.stack import eventually

ROLE = "arn:aws:iam::000000000000:role/function"

FUNCTIONS = """
import json, os, sys
import boto3

sqs = boto3.client("sqs")


class ShoeWornOutError(Exception):
    pass


def tell(value):
    print(json.dumps(value))
    sqs.send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(value))


def echo(event, context):
    print("echo")
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}


def reads(event, context):
    print("reads")
    try:
        boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key="absent")
    except Exception as error:
        return error.response["Error"]["Code"]


def large(event, context):
    print("large")
    return "x" * event["size"]


def nothing(event, context):
    print("nothing")
    return {"statusCode": 204, "body": None}


def say(event, context):
    print(json.dumps({"message": event["say"]}))
    return "said"


def environment(event, context):
    print("environment")
    return {"environment": dict(os.environ), "path": sys.path, "process": os.getpid()}


def fails(event, context):
    print("failing")
    raise ShoeWornOutError("secret detail")


def process(event, context):
    print("process")
    return os.getpid() if not event.get("fail") else [][1]


def imports(event, context):
    print("imports")
    found = {}
    for name in event["modules"]:
        try:
            found[name] = getattr(__import__(name), "ANSWER", True)
        except ImportError:
            found[name] = False
    return found


def on_stream(event, context):
    keys = [record["dynamodb"]["Keys"]["sk"]["S"] for record in event["Records"]]
    tell({"events": [record["eventName"] for record in event["Records"]], "keys": keys})
    if any("FAIL" in key for key in keys):
        raise ShoeWornOutError("the whole batch again")


def may_connect(event, context):
    token = (event.get("queryStringParameters") or {}).get("token")
    print("may connect")
    if token == "unknown":
        raise ShoeWornOutError("cannot tell")
    effect = "Allow" if token == "good" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "anna", "policyDocument": policy, "context": {"user_id": "anna"}}


def on_socket(event, context):
    about = event["requestContext"]
    tell({
        "event": about["eventType"],
        "connection": about["connectionId"],
        "user": (about.get("authorizer") or {}).get("user_id"),
        "body": event.get("body"),
    })
    return {"statusCode": 200}


def echo_rest(event, context):
    print("echo")
    told = {"body": event["body"], "base64": event["isBase64Encoded"], "path": event["path"]}
    told["identity"] = event["requestContext"]["identity"]
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(told)}


def on_tokens(event, context):
    status = event["request"]["userAttributes"].get("cognito:user_status")
    access = {"scopesToAdd": ["stadion/" + str(status)], "scopesToSuppress": ["aws.cognito.signin.user.admin"]}
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": access}}
    return event


def on_queue(event, context):
    failed = [r for r in event["Records"] if json.loads(r["body"]).get("fail")]
    tries = [(json.loads(r["body"]), r["attributes"]["ApproximateReceiveCount"]) for r in event["Records"]]
    tell([{"body": body, "tries": count} for body, count in tries])
    return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in failed]}
"""


def zipped(**files: str) -> bytes:
    """`a__b=…` becomes the file `a/b.py`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, text in files.items():
            writer.writestr(f"{name.replace('__', '/')}.py", text)
    return archive.getvalue()


@dataclass
class Workshop:
    aws: Aws
    _key: str = field(default_factory=lambda: secrets.token_hex(3))
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def name(self, what: str) -> str:
        """Nobody else's: other modules have workshops on the same emulator."""
        return f"{what}-{self._key}-{next(self._numbers)}"

    def deployed(self, resources: dict[str, Any], *, stack: str | None = None) -> "Stack":
        """A stack of these resources; the same one with others, if it is named."""
        formation, body = self.aws.cloudformation, json.dumps({"Resources": resources})
        if stack is None:
            made = Stack(self.aws, self.name("stack"))
            formation.create_stack(StackName=made.name, TemplateBody=body)
        else:
            made = Stack(self.aws, stack)
            formation.update_stack(StackName=stack, TemplateBody=body)
        eventually(made.is_done, every_s=0.05)
        return made

    @cached_property
    def dynamodb(self) -> Any:
        return self.aws.client("dynamodb")

    @cached_property
    def s3(self) -> Any:
        return self.aws.client("s3")

    @cached_property
    def apis(self) -> Any:
        return self.aws.client("apigatewayv2")

    def queue(self, **attributes: str) -> "Queue":
        url = self.aws.sqs.create_queue(QueueName=self.name("queue"), Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
        return Queue(self.aws, url)

    def queue_at(self, url: str) -> "Queue":
        return Queue(self.aws, url)

    def function(
        self,
        handler: str,
        *,
        layers: list[str] | None = None,
        timeout: int = 10,
        role: str = ROLE,
        **variables: str,
    ) -> str:
        name = self.name(handler.replace("_", "-"))
        self.aws.functions.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=role,
            Handler=f"functions.{handler}",
            Code={"ZipFile": zipped(functions=FUNCTIONS)},
            Timeout=timeout,
            Environment={"Variables": variables},
            Layers=layers or [],
        )
        return name

    def invoke(self, function: str, event: dict[str, Any] | None = None) -> Any:
        answer = self.aws.functions.invoke(FunctionName=function, Payload=json.dumps(event or {}))
        return json.loads(answer["Payload"].read())

    def table(self) -> str:
        """pk and sk, with a stream of both images."""
        name = self.name("table")
        self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return name

    def put(self, table: str, pk: str, sk: str, **more: str) -> None:
        item = {key: {"S": value} for key, value in {"pk": pk, "sk": sk, **more}.items()}
        self.dynamodb.put_item(TableName=table, Item=item)

    def subscribe(self, table: str, seen: "Queue") -> None:
        """A function that tells `seen` what came: inserts of outbox keys only, as the relay has it."""
        only_outbox = {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "OUTBOX#"}]}}}}
        self.aws.functions.create_event_source_mapping(
            FunctionName=self.function("on_stream", SEEN=seen.url),
            EventSourceArn=self.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"],
            StartingPosition="TRIM_HORIZON",
            BatchSize=10,
            FilterCriteria={"Filters": [{"Pattern": json.dumps(only_outbox)}]},
        )

    def layer(self, module: str, text: str) -> str:
        """ARN of a layer with that module."""
        content = zipped(**{f"python__{module}": text})
        published = self.aws.functions.publish_layer_version(LayerName=self.name("layer"), Content={"ZipFile": content})
        return published["LayerVersionArn"]

    def bus_with_archive(self, name: str) -> str:
        bus = self.aws.events.create_event_bus(Name=name)
        self.aws.events.create_archive(ArchiveName=name, EventSourceArn=bus["EventBusArn"])
        return name

    def put_event(self, bus: str, detail_type: str, detail: dict[str, Any]) -> None:
        event = json.dumps(detail)
        told = self.aws.events.put_events(
            Entries=[{"EventBusName": bus, "Source": "stadion.workouts", "DetailType": detail_type, "Detail": event}]
        )
        assert told["FailedEntryCount"] == 0

    def user_pool(self) -> "UserPool":
        """E-mail as name, client as ours: passwords, rotation with five seconds of grace, no enumeration."""
        pool_id = self.aws.cognito.create_user_pool(
            PoolName=self.name("pool"), UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
        )["UserPool"]["Id"]
        client = self.aws.cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="app",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
            PreventUserExistenceErrors="ENABLED",
            RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 5},
            AccessTokenValidity=1,
            TokenValidityUnits={"AccessToken": "hours"},
        )["UserPoolClient"]
        return UserPool(self.aws, pool_id, client["ClientId"])

    def closed_pool(self) -> ClosedPool:
        """As ours: users of admins only, and a client with a secret."""
        pool_id = self.aws.cognito.create_user_pool(
            PoolName=self.name("pool"),
            UsernameAttributes=["email"],
            AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        )["UserPool"]["Id"]
        client = self.aws.cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="app",
            GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
            PreventUserExistenceErrors="ENABLED",
            RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 5},
        )["UserPoolClient"]
        return ClosedPool(self.aws, pool_id, client["ClientId"], client["ClientSecret"])


@dataclass(frozen=True)
class Stack:
    aws: Aws
    name: str

    def status(self) -> str:
        [found] = self.aws.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return found["StackStatus"]

    def is_done(self) -> bool:
        return not self.status().endswith("IN_PROGRESS")

    def physical_id(self, logical_id: str) -> str:
        found = self.aws.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def reasons(self) -> str:
        """Why resources failed, in the words of the stack's events."""
        events = self.aws.last_stack_events(self.name)
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)

    def delete(self) -> None:
        self.aws.cloudformation.delete_stack(StackName=self.name)
        eventually(lambda: self.name not in self._alive(), every_s=0.05)

    def _alive(self) -> list[str]:
        return [name for name, state in self.aws.stack_states().items() if state != "DELETE_COMPLETE"]


@dataclass(frozen=True)
class Queue:
    aws: Aws
    url: str

    @property
    def arn(self) -> str:
        found = self.aws.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]

    def send(self, body: object) -> None:
        self.aws.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body))

    def take(self) -> list[Any]:
        """What is there now, removed."""
        found = self.aws.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            self.aws.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]


@dataclass(frozen=True)
class UserPool:
    aws: Aws
    pool_id: str
    client_id: str
    password: str = "Long-enough-1"

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{self.aws.region}.amazonaws.com/{self.pool_id}"

    def sign_up(self, email: str) -> None:
        self.aws.cognito.sign_up(
            ClientId=self.client_id,
            Username=email,
            Password=self.password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )

    def confirm(self, email: str, code: str) -> None:
        self.aws.cognito.confirm_sign_up(ClientId=self.client_id, Username=email, ConfirmationCode=code)

    def sign_in(self, email: str, password: str | None = None) -> dict[str, Any]:
        parameters = {"USERNAME": email, "PASSWORD": password or self.password}
        answer = self.aws.cognito.initiate_auth(
            ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        return dict(answer["AuthenticationResult"])

    def refresh(self, token: str) -> dict[str, Any]:
        answer = self.aws.cognito.get_tokens_from_refresh_token(ClientId=self.client_id, RefreshToken=token)
        return dict(answer["AuthenticationResult"])


def refused(call: Callable[[], Any]) -> str:
    """The error code of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def gathered(queue: Queue, count: int) -> list[Any]:
    found: list[Any] = []

    def enough() -> bool:
        found.extend(queue.take())
        return len(found) >= count

    eventually(enough)
    return found
