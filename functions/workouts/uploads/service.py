"""Use cases of uploads on the app's side: announce a recording, ask what became of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from stadion import pagination
from stadion.change import Change
from stadion.idempotency import IdempotencyKey
from stadion.values import PresignedPost
from workouts import store as diary_store
from workouts.quotas import domain as quotas_domain
from workouts.quotas import store as quotas
from workouts.uploads import incoming_store
from workouts.uploads import store as upload_store
from workouts.uploads.domain import Upload, UploadState
from workouts.uploads.errors import UploadIdTakenError
from workouts.uploads.store import UPLOADS

Answer = Callable[[Upload, PresignedPost], Mapping[str, Any]]
"""What a client is told, for its idempotency key."""


def create(
    upload: Upload, *, key: IdempotencyKey | None, answer: Answer, now: datetime
) -> tuple[Upload, PresignedPost]:
    if upload.corrects is not None:
        diary_store.get(upload.user_id, upload.corrects)
    form = incoming_store.upload_form(upload)
    with Change(upload.user_id, now, key) as change:
        change.remember(status=201, answer=answer(upload, form))
        change.put(UPLOADS, upload, refused=UploadIdTakenError)
        quotas.spend(change, upload.user_id, quotas_domain.UPLOADS, 1, now)
    return upload, form


def uploads(
    user_id: str, status: UploadState | None, *, limit: int, cursor: str | None, now: datetime
) -> pagination.Page[Upload]:
    return upload_store.page(user_id, status, limit=limit, cursor=cursor, now=now)


def status(user_id: str, upload_id: str, now: datetime) -> Upload:
    return upload_store.get(user_id, upload_id).as_of(now)
