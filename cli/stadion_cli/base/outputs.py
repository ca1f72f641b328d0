"""What the deployed stacks tell about themselves: CloudFormation's outputs of the stacks named `stadion-*`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from stadion_cli.base.errors import CliError, NotDeployed, StackNotRunning

if TYPE_CHECKING:
    from local.aws import Aws

PREFIX: Final = "stadion-"


class OutputMissing(CliError):  # noqa: N818
    title = "The deployed stack is not the one that this command knows"

    def __init__(self, key: str, known: Iterator[str]) -> None:
        super().__init__(f"No stack has an output {key!r}; there are {', '.join(sorted(known))}.", hint="stadion up")


@dataclass(frozen=True)
class Outputs(Mapping[str, str]):
    """All outputs by key; `by_stack` keeps them apart."""

    by_stack: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, aws: "Aws") -> Self:
        """Reads them; raises StackNotRunning or NotDeployed."""
        from botocore.exceptions import BotoCoreError

        try:
            pages = list(aws.cloudformation.get_paginator("describe_stacks").paginate())
        except BotoCoreError as unreachable:
            raise StackNotRunning(aws.endpoint) from unreachable
        stacks = {
            stack["StackName"]: {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
            for page in pages
            for stack in page["Stacks"]
            if stack["StackName"].startswith(PREFIX)
        }
        if not stacks:
            raise NotDeployed(aws.endpoint)
        return cls(stacks)

    def __getitem__(self, key: str) -> str:
        """The first stack's that has it; `TableName` is in all of them, so ask `of_service` for that."""
        for outputs in self.by_stack.values():
            if key in outputs:
                return outputs[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter({key: None for outputs in self.by_stack.values() for key in outputs})

    def __len__(self) -> int:
        return len(list(iter(self)))

    def require(self, key: str) -> str:
        """The output, or OutputMissing with the names that there are."""
        try:
            return self[key]
        except KeyError:
            raise OutputMissing(key, iter(self)) from None

    def of_service(self, service: str, key: str) -> str:
        """An output of `stadion-<service>`: CloudFormation takes no `_` in a stack's name."""
        outputs = self.by_stack.get(PREFIX + service.replace("_", "-"), {})
        if key not in outputs:
            raise OutputMissing(f"{PREFIX}{service}.{key}", iter(outputs))
        return outputs[key]

    def tables(self) -> dict[str, str]:
        """Table name by service."""
        named = ((stack.removeprefix(PREFIX).replace("-", "_"), outputs) for stack, outputs in self.by_stack.items())
        return {service: outputs["TableName"] for service, outputs in named if "TableName" in outputs}


def api_url(endpoint: str, outputs: Mapping[str, str]) -> str | None:
    """Base URL of the HTTP API at an emulator, without a slash at the end.

    Under a path of the emulator's own endpoint: names below `localhost` do not resolve everywhere.
    """
    return f"{endpoint}/_aws/execute-api/{outputs['ApiId']}" if "ApiId" in outputs else None


def partner_url(endpoint: str, outputs: Mapping[str, str]) -> str | None:
    """Base URL of the partner API at an emulator; paths begin with /partner/v1."""
    return f"{endpoint}/_aws/execute-api/{outputs['PartnerApiId']}/live" if "PartnerApiId" in outputs else None


def socket_url(endpoint: str, outputs: Mapping[str, str]) -> str | None:
    """URL of the WebSocket API at an emulator; `?token=` with an access token is to be added."""
    if "SocketApiId" not in outputs:
        return None
    return f"ws{endpoint.removeprefix('http')}/_aws/execute-api/{outputs['SocketApiId']}/live"
