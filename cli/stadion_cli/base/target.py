"""Which deployment a command of the on-call chair speaks to: the local stack, another emulator, or an AWS account."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from local.aws import Aws, region_of_shell
from stadion_cli.base.errors import NotDeployed, StackNotRunning, UsageError
from stadion_cli.base.outputs import Outputs, api_url

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient

ACCOUNT: Final = "the AWS account of your credentials"
OTHER: Final = "export AWS_PROFILE=… AWS_REGION=… of the environment; aws sts get-caller-identity says who you are"


@dataclass(frozen=True)
class AwsAccount(Aws):
    """Credentials and region as every AWS tool finds them."""

    named_region: str | None = None
    """Whoever asks for another than the shell's."""

    @cached_property
    def session(self) -> "boto3.Session":
        import boto3

        return boto3.Session(region_name=self.named_region or region_of_shell())

    def client(self, service: str, **config: Any) -> "BaseClient":
        from botocore.config import Config

        make = cast("Any", self.session).client
        # A shell that spoke with the emulator has its address in a variable, which boto3 would follow to there.
        patient: dict[str, Any] = {"retries": {"mode": "adaptive", "max_attempts": 8}} | config
        told = Config(**{"ignore_configured_endpoint_urls": True, **patient})
        return cast("BaseClient", make(service, config=told))


@dataclass(frozen=True)
class Target:
    aws: Aws
    outputs: Outputs

    @property
    def api(self) -> str:
        """Base URL of the HTTP API, without a slash at the end."""
        if isinstance(self.aws, AwsAccount):
            return self.outputs.require("ApiUrl").rstrip("/")
        return api_url(self.aws.endpoint, self.outputs) or self.outputs.require("ApiId")

    @property
    def is_local(self) -> bool:
        return not isinstance(self.aws, AwsAccount)

    @property
    def bus(self) -> str:
        return self.outputs.require("BusName")


def target(port: int | None, endpoint: str | None, *, on_aws: bool = False) -> Target:
    """Raises what says why there is nothing to speak to."""
    if sum([port is not None, endpoint is not None, on_aws]) > 1:
        raise UsageError("--port, --endpoint and --aws name different stacks: give one of them.")
    if endpoint is not None and not endpoint.startswith(("http://", "https://")):
        raise UsageError(f"{endpoint!r} is no address.", hint="--endpoint http://localhost:4566")
    if not on_aws:
        aws = Aws.local(endpoint=endpoint, port=port)
        return Target(aws, Outputs.of(aws))
    account = AwsAccount(ACCOUNT)
    try:
        return Target(account, Outputs.of(account))
    except StackNotRunning as refused:
        raise UsageError(f"No AWS account can be reached: {refused.__cause__}", hint=OTHER) from refused
    except NotDeployed:
        raise NotDeployed(f"{ACCOUNT}, {account.session.region_name},", hint=OTHER) from None
