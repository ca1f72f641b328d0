from typing import Final

from pydantic import Field

from stadion.settings import Settings

SOCKET_STAGE: Final = "live"


class SocketSettings(Settings):
    """The WebSocket API whose connections are written to."""

    socket_api: str
    region: str = Field(default="us-east-1", validation_alias="AWS_REGION")
    aws_endpoint: str | None = Field(default=None, validation_alias="AWS_ENDPOINT_URL")

    @property
    def socket_endpoint(self) -> str:
        """An emulator's is under a path of its own: names below `localhost` do not resolve everywhere."""
        if self.aws_endpoint:
            return f"{self.aws_endpoint}/_aws/execute-api/{self.socket_api}/{SOCKET_STAGE}"
        return f"https://{self.socket_api}.execute-api.{self.region}.amazonaws.com/{SOCKET_STAGE}"


class ConnectSettings(Settings):
    """Whose access tokens open a connection."""

    user_pool_id: str
    user_pool_client_id: str
    region: str = Field(default="us-east-1", validation_alias="AWS_REGION")
    aws_endpoint: str | None = Field(default=None, validation_alias="AWS_ENDPOINT_URL")

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.user_pool_id}"

    @property
    def keys_url(self) -> str:
        """Of an emulator, where it says so."""
        place = f"{self.aws_endpoint}/{self.user_pool_id}" if self.aws_endpoint else self.issuer
        return f"{place}/.well-known/jwks.json"


class LiveSettings(Settings):
    live_forgotten_after_s: float = 4 * 3600


class PushSettings(Settings):
    pushes_queue: str
