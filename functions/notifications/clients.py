"""The AWS services that messages leave by: one client of each."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient


@cache
def sns() -> "SNSClient":
    import boto3

    return boto3.client("sns")


@cache
def ses() -> "SESV2Client":
    import boto3

    return boto3.client("sesv2")
