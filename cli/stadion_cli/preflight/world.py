"""What checks look at: the account, the templates, what is deployed, and the run whose test data is removed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from infra_cdk.environments import Environment
from local.aws import Aws
from stadion_cli.base.outputs import Outputs, api_url, partner_url, socket_url
from stadion_cli.base.target import Target
from stadion_cli.preflight.assembly import Assembly
from stadion_cli.preflight.run import Run

if TYPE_CHECKING:
    import httpx

    from stadion_cli.preflight.mailbox import Mailbox
    from stadion_cli.preflight.people import People

EDGE: Final = "stadion-edge"
EDGE_REGION: Final = "us-east-1"
"""Of CloudFront's certificates and firewalls."""
NOT_MADE: Final = frozenset({None, "REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE"})
PATIENCE: Final = 10


@dataclass(frozen=True)
class Wishes:
    """What whoever asks wants otherwise than usual."""

    account: str | None = None
    """The account that the environment belongs to."""
    long: bool = False
    exported_endpoint: str | None = None
    """AWS_ENDPOINT_URL of the shell, which other tools follow."""


@dataclass
class World:
    aws: Aws
    environment: Environment
    is_local: bool
    read_assembly: Callable[[], Assembly]
    read_mailbox: Callable[["World"], "Mailbox"]
    wishes: Wishes = field(default_factory=Wishes)
    run: Run = field(default_factory=Run.new)
    _clients: dict[tuple[str, str | None], Any] = field(default_factory=dict)

    def client(self, service: str, region: str | None = None) -> Any:
        """Of the account's region, or of another. Untyped: the checks ask thirty services."""
        if (service, region) not in self._clients:
            elsewhere = {"region_name": region} if region else {}
            self._clients[service, region] = self.aws.client(service, **elsewhere)
        return self._clients[service, region]

    def within(self, seconds: float) -> float:
        """How long to wait for what AWS does within `seconds`: a laptop runs all of it on a few cores."""
        return seconds * (PATIENCE if self.is_local else 1)

    @cached_property
    def region(self) -> str:
        return str(self.client("sts").meta.region_name)

    @cached_property
    def account(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    @cached_property
    def assembly(self) -> Assembly:
        return self.read_assembly()

    @cached_property
    def outputs(self) -> Outputs:
        return Outputs.of(self.aws)

    @cached_property
    def target(self) -> Target:
        return Target(self.aws, self.outputs)

    @cached_property
    def has_edge(self) -> bool:
        """In a region of its own, wherever the rest is."""
        return not self.is_local and self._edge_state() not in NOT_MADE

    def _edge_state(self) -> str | None:
        from botocore.exceptions import ClientError

        elsewhere: Any = self.aws.client("cloudformation", region_name=EDGE_REGION)
        try:
            return str(elsewhere.describe_stacks(StackName=EDGE)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None

    @property
    def api(self) -> str:
        """As apps call it: the edge, where there is one."""
        if self.is_local:
            return api_url(self.aws.endpoint, self.outputs) or ""
        return f"https://{self.environment.api_domain}" if self.has_edge else self.outputs.require("ApiUrl").rstrip("/")

    @property
    def partner_api(self) -> str:
        if self.is_local:
            return partner_url(self.aws.endpoint, self.outputs) or ""
        return f"https://{self.environment.api_domain}" if self.has_edge else self.outputs.require("PartnerApiUrl")

    @property
    def socket(self) -> str:
        return (socket_url(self.aws.endpoint, self.outputs) if self.is_local else None) or self.outputs.require(
            "SocketUrl"
        )

    @cached_property
    def http(self) -> "httpx.Client":
        from local.demo.client import http

        return http()

    @cached_property
    def mailbox(self) -> "Mailbox":
        return self.read_mailbox(self)

    @cached_property
    def people(self) -> "People":
        from stadion_cli.preflight.people import People

        return People(self)
