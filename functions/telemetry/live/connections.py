"""Messages to connected clients: API Gateway's @connections."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from stadion.clients import Client, Patience
from stadion.observability import count, logger
from stadion.settings import load
from telemetry.live.settings import SocketSettings

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

AT_ONCE: Final = 8


client: "Client[ApiGatewayManagementApiClient]" = Client(
    "apigatewaymanagementapi",
    patience=Patience(attempts=2),
    endpoint=lambda: load(SocketSettings).socket_endpoint,
    max_pool_connections=AT_ONCE,
)


def tell(connection_id: str, message: BaseModel) -> bool:
    """False when nobody is there any more. What else goes wrong costs one message, never the work that caused it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client().post_to_connection(ConnectionId=connection_id, Data=message.model_dump_json().encode())
    except ClientError as error:
        if error.response["Error"]["Code"] == "GoneException":
            return False
        _not_told(error)
    except BotoCoreError as error:
        _not_told(error)
    return True


def tell_all(messages: Mapping[str, BaseModel]) -> set[str]:
    """Connections that are gone."""
    if len(messages) <= 1:
        return {connection for connection, message in messages.items() if not tell(connection, message)}
    client()
    with ThreadPoolExecutor(min(AT_ONCE, len(messages))) as pool:
        there = pool.map(tell, messages.keys(), messages.values())
        return {connection for connection, is_there in zip(messages, there, strict=True) if not is_there}


def hang_up(connections: Iterable[str]) -> set[str]:
    """Those that are there still, since they could not be ended. One may be gone already."""
    from botocore.exceptions import BotoCoreError, ClientError

    left: set[str] = set()
    for connection_id in connections:
        try:
            client().delete_connection(ConnectionId=connection_id)
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == "GoneException":
                continue
            left.add(connection_id)
            count("LiveHangUpFailed")
            logger.warning("not ended", extra={"reason": type(error).__name__})
    return left


def _not_told(error: Exception) -> None:
    count("LivePushFailed")
    logger.warning("not told", extra={"reason": type(error).__name__})
