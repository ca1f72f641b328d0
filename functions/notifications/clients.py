"""The AWS services that messages leave by: one client of each."""

from typing import TYPE_CHECKING

from stadion.clients import SLOW, Client

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient


sns: "Client[SNSClient]" = Client("sns", patience=SLOW)


ses: "Client[SESV2Client]" = Client("sesv2", patience=SLOW)
