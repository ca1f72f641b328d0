"""Files of imports in S3: presigned in, and read."""

import json
from datetime import datetime, timedelta
from urllib.parse import quote_plus

from partners.catalogue.imports import Import
from partners.settings import PartnerSettings
from stadion.queues import sqs_client
from stadion.settings import load
from stadion.storage import presigned_post, s3_client
from stadion.values import PresignedPost

INCOMING = "products"
FORM_LASTS = timedelta(hours=1)
MAX_BYTES = 25 * 1024 * 1024


def object_key(one: Import) -> str:
    return f"{INCOMING}/{one.partner_id}/{one.import_id}"


def import_of(key: str) -> str:
    return key.rpartition("/")[2]


def fetch(key: str) -> bytes:
    answer = s3_client().get_object(Bucket=load(PartnerSettings).imports_bucket, Key=key)
    return answer["Body"].read(MAX_BYTES)


def form(one: Import, now: datetime) -> PresignedPost:
    bucket = load(PartnerSettings).imports_bucket
    return presigned_post(bucket, object_key(one), max_bytes=MAX_BYTES, lasts=FORM_LASTS, now=now)


def announce_again(key: str) -> None:
    """As S3 does when the file arrives."""
    notice = {"Records": [{"s3": {"object": {"key": quote_plus(key)}}}]}
    sqs_client().send_message(QueueUrl=load(PartnerSettings).product_file_queue, MessageBody=json.dumps(notice))
