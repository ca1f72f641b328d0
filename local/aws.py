"""Which AWS the commands talk to: an emulator (LocalStack's usual variables), or a real account (`--profile`-less)."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient

DEFAULT_REGION: Final = "us-east-1"
HERE: Final = frozenset({"127.0.0.1", "localhost", "::1", "localhost.localstack.cloud"})


def region_of_shell() -> str | None:
    """As `aws` and `cdk` find it before they look into the profile; boto3 by itself reads the second name alone."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def local_endpoint(*, port: int | None = None) -> str:
    """Host and port by localstack-client, from AWS_ENDPOINT_URL, LOCALSTACK_HOST, USE_SSL; EDGE_PORT as of old."""
    if port is not None:
        return f"http://127.0.0.1:{port}"
    from localstack_client.config import get_service_endpoint

    edge_port = os.environ.get("EDGE_PORT")
    host = f"localhost:{edge_port}" if edge_port and "LOCALSTACK_HOST" not in os.environ else None
    url = str(get_service_endpoint("cloudformation", localstack_host=host))
    return _by_number(url)


def _by_number(url: str) -> str:
    """AWS's SDKs put a bucket's name before a host's name, and `bucket.localhost` is nobody; an address stays."""
    return url.replace("://localhost:", "://127.0.0.1:").rstrip("/")


@dataclass(frozen=True)
class Aws:
    """Typed clients of one endpoint."""

    endpoint: str
    region: str = DEFAULT_REGION

    @classmethod
    def local(cls, *, endpoint: str | None = None, port: int | None = None) -> Self:
        return cls(_by_number(endpoint or local_endpoint(port=port)), region_of_shell() or DEFAULT_REGION)

    @property
    def port(self) -> int:
        return urlsplit(self.endpoint).port or (443 if self.endpoint.startswith("https") else 80)

    def is_on_this_machine(self) -> bool:
        return urlsplit(self.endpoint).hostname in HERE

    def environment(self) -> dict[str, str]:
        """The variables that make any AWS tool talk to this endpoint."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @cached_property
    def session(self) -> "boto3.Session":
        import boto3
        from botocore.session import Session

        nobodys = Session(session_vars={"profile": (None, None, None, None)})  # of a shell's there may be none here
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.Session(**keys, region_name=self.region, botocore_session=nobodys)

    def client(self, service: str, **config: Any) -> "BaseClient":
        """A client by name; the properties below are typed."""
        from botocore.config import Config

        quick: dict[str, Any] = {"connect_timeout": 3, "read_timeout": 65, "retries": {"max_attempts": 2}} | config
        make = cast("Any", self.session).client
        return cast("BaseClient", make(service, endpoint_url=self.endpoint, config=Config(**quick)))

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return cast("CloudFormationClient", self.client("cloudformation"))

    @cached_property
    def events(self) -> "EventBridgeClient":
        return cast("EventBridgeClient", self.client("events"))

    @cached_property
    def functions(self) -> "LambdaClient":
        return cast("LambdaClient", self.client("lambda"))

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return cast("CloudWatchLogsClient", self.client("logs"))

    @cached_property
    def sqs(self) -> "SQSClient":
        return cast("SQSClient", self.client("sqs"))

    @cached_property
    def cognito(self) -> "CognitoIdentityProviderClient":
        return cast("CognitoIdentityProviderClient", self.client("cognito-idp"))

    # questions that several commands ask

    def stack_states(self) -> dict[str, str]:
        """Status by name of every stack that exists."""
        pages = self.cloudformation.get_paginator("describe_stacks").paginate()
        return {stack["StackName"]: stack["StackStatus"] for page in pages for stack in page["Stacks"]}

    def last_stack_events(self, stack: str) -> list["StackEventTypeDef"]:
        """The events of its last operation, newest first; none when it does not exist."""
        try:
            events = self.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        except self.cloudformation.exceptions.ClientError:
            return []
        started = [n for n, event in enumerate(events) if _starts_operation(event, stack)]
        return events[: started[0] + 1] if started else events

    def keep_push_application(self, name: str, platform: str) -> None:
        """Made once; without credentials, so that nothing leaves the emulator."""
        client = cast("Any", self.client("sns"))
        client.create_platform_application(Name=name, Platform=platform, Attributes={})

    def function_names(self, prefix: str = "") -> list[str]:
        pages = self.functions.get_paginator("list_functions").paginate()
        names = (function["FunctionName"] for page in pages for function in page["Functions"])
        return sorted(name for name in names if name.startswith(prefix))


def _starts_operation(event: "StackEventTypeDef", stack: str) -> bool:
    status = str(event.get("ResourceStatus", ""))
    return event.get("LogicalResourceId") == stack and status in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
