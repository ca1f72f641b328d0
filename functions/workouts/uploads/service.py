"""Use cases of uploads on the app's side: announce a recording, ask what became of it."""

from datetime import datetime

from stadion import ids
from stadion.change import Change
from stadion.i18n import Language
from stadion.idempotency import IdempotencyKey
from stadion.observability import correlation_id
from workouts.uploads import incoming_store
from workouts.uploads import store as upload_store
from workouts.uploads.domain import Upload, UploadState
from workouts.uploads.errors import UploadIdTakenError
from workouts.uploads.schemas import CreatedUpload, NewUpload, UploadForm, UploadProblem, UploadStatus
from workouts.uploads.store import UPLOADS
from workouts.uploads.texts import problem_text


def create(user_id: str, new: NewUpload, *, key: IdempotencyKey | None, now: datetime) -> CreatedUpload:
    upload = Upload(
        **new.model_dump(exclude={"upload_id"}),
        upload_id=new.upload_id or ids.new_id(),
        user_id=user_id,
        workout_id=ids.new_id(),
        correlation_id=correlation_id(),
        created_at=now,
        form_expires_at=now + incoming_store.FORM_LASTS,
    )
    form = UploadForm(
        **incoming_store.upload_form(upload), max_bytes=incoming_store.MAX_BYTES, expires_at=upload.form_expires_at
    )
    created = CreatedUpload(**_status(upload, Language.EN, now).model_dump(), form=form)
    with Change(user_id, now, key) as change:
        change.remember(status=201, answer=created.model_dump(mode="json"))
        change.put(UPLOADS, upload, refused=UploadIdTakenError)
    return created


def status(user_id: str, upload_id: str, *, language: Language, now: datetime) -> UploadStatus:
    return _status(upload_store.get(user_id, upload_id), language, now)


def _status(upload: Upload, language: Language, now: datetime) -> UploadStatus:
    state, code = upload.status, upload.problem_code
    if state is UploadState.QUEUED and now > upload.form_expires_at + incoming_store.ARRIVAL_GRACE:
        state, code = UploadState.FAILED, "file_never_arrived"
    problem = None
    if code is not None:
        problem = UploadProblem(code=code, detail=problem_text(code, upload.problem_detail, language))
    return UploadStatus(
        upload_id=upload.upload_id,
        status=state.value,
        filename=upload.filename,
        created_at=upload.created_at,
        workout_ids=upload.workout_ids,
        existing_workout_id=upload.existing_workout_id,
        problem=problem,
    )
