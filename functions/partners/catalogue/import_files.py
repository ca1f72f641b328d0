"""Files of imports in S3: presigned in, and read."""

from datetime import datetime, timedelta

from partners.catalogue.imports import Import, PresignedForm
from partners.settings import PartnerSettings
from stadion.settings import load
from stadion.storage import s3_client

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


def form(one: Import, now: datetime) -> PresignedForm:
    answer = s3_client().generate_presigned_post(
        Bucket=load(PartnerSettings).imports_bucket,
        Key=object_key(one),
        Conditions=[["content-length-range", 1, MAX_BYTES]],
        ExpiresIn=int(FORM_LASTS.total_seconds()),
    )
    return PresignedForm(**answer, max_bytes=MAX_BYTES, expires_at=now + FORM_LASTS)
