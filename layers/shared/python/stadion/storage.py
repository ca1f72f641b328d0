"""S3 as every service uses it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from stadion.batches import batched_by
from stadion.clients import SLOW, Client
from stadion.values import PresignedPost

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


s3_client: "Client[S3Client]" = Client("s3", patience=SLOW, signature_version="s3v4", s3={"addressing_style": "path"})
"""Signature version 4 and path style: the same presigned URL works on AWS and on the local stack."""


class Version(NamedTuple):
    """Of an object, or the mark that a deletion left."""

    key: str
    version_id: str


def versions_under(bucket: str, prefix: str) -> Iterator[Version]:
    """Also of a bucket that keeps no versions: then each object has one."""
    for page in s3_client().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            yield Version(entry["Key"], entry["VersionId"])


def delete_versions(bucket: str, versions: Iterable[Version]) -> int:
    """For ever; how many there were. Raises `ObjectsRemainError` when S3 refused one."""
    count = 0
    for batch in batched_by(versions, max_count=1000, max_bytes=1000, size_of=lambda _: 1):
        objects: list[ObjectIdentifierTypeDef] = [{"Key": one.key, "VersionId": one.version_id} for one in batch]
        answer = s3_client().delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        if answer.get("Errors"):
            raise ObjectsRemainError(answer["Errors"][0].get("Code"))
        count += len(batch)
    return count


class ObjectsRemainError(Exception):
    """S3 deletes what it can of a batch, and tells of the rest."""


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
