"""S3 as every service uses it."""

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from stadion.values import PresignedPost

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def s3_client() -> "S3Client":
    """Signature version 4 and path style: the same presigned URL works on AWS and on the local stack."""
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def presigned_post(
    bucket: str, key: str, *, max_bytes: int, lasts: timedelta, now: datetime, content_type: str | None = None
) -> PresignedPost:
    """Takes one file of at most `max_bytes`, and of that type, if it is given."""
    fields = {"Content-Type": content_type} if content_type is not None else {}
    conditions: list[Any] = [*([fields] if fields else ()), ["content-length-range", 1, max_bytes]]
    made = s3_client().generate_presigned_post(
        Bucket=bucket, Key=key, Fields=fields, Conditions=conditions, ExpiresIn=int(lasts.total_seconds())
    )
    return PresignedPost(made["url"], made["fields"], max_bytes=max_bytes, expires_at=now + lasts)
