from pydantic import Field

from stadion.settings import Settings


class MessageSettings(Settings):
    deliveries_queue: str = ""


class ChannelSettings(Settings):
    """An empty sender or application is a channel that nobody has set up: its messages fail with `not_set_up`."""

    mail_sender: str = ""
    mail_configuration: str = ""
    push_applications: dict[str, str] = Field(default_factory=dict)
    """Platform -> ARN of the SNS platform application (in JSON)."""
    links_secret: str = ""
    """Name of the secret that signs links."""
    api_id: str = ""
    api_url: str = ""
    emulator: str = Field(default="", validation_alias="AWS_ENDPOINT_URL")
