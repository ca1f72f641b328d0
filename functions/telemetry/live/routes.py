"""Live workouts over HTTP: everything but the watching, for when there is no connection."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from stadion import clock
from stadion.errors import InvalidCursorError, RequestInProgressError
from stadion.http import Cursor, Limit, Routes, listed, no_content
from stadion.pagination import DEFAULT_LIMIT, ListResponse
from telemetry.live import service
from telemetry.live.audience import permission_service
from telemetry.live.errors import (
    LiveSessionIdTakenError,
    LiveSessionIsFinishedError,
    LiveSessionIsOverError,
    LiveSessionNotFoundError,
    LiveSessionOpenError,
    SampleColumnsDifferError,
    SampleColumnsMissingError,
    SampleInFutureError,
    SamplesTooSpreadError,
    SessionInFutureError,
    ShareLinkNotFoundError,
    TooManyFollowersError,
    TooManySamplesError,
    TooManyShareLinksError,
    TooOldForLiveError,
)
from telemetry.live.schemas import (
    CreatedShareLink,
    LiveCommand,
    LiveFollower,
    LiveFollowerPut,
    LiveFollowers,
    LiveSession,
    LiveSessionDetail,
    LiveStart,
    NewShareLink,
    SampleBatch,
    SamplesTaken,
    ShareLink,
    ShareLinks,
)
from telemetry.live.values import LiveView, MarkKind

router = Routes()
TAGS = ["Live workouts"]
SESSION = "/v1/live/sessions/<session_id>"


@router.post(
    "/v1/live/sessions",
    summary="Start a live workout",
    tags=TAGS,
    status_code=201,
    raises=(
        LiveSessionIdTakenError,
        SessionInFutureError,
        LiveSessionOpenError,
        TooOldForLiveError,
        RequestInProgressError,
    ),
)
def start_live_session(body: Annotated[LiveStart, Body()]) -> LiveSessionDetail:
    """The app chooses the id, which the workout will have. The same start again answers the session as it is."""
    return LiveSessionDetail.of(service.start(router.user_id, body.start(), clock.now()))


@router.get(
    "/v1/live/sessions", summary="List the live workouts of the last month", tags=TAGS, raises=(InvalidCursorError,)
)
def list_live_sessions(
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[LiveSession]:
    """In the order of their ids, the last one first: choose UUIDv7, and it is the newest."""
    return listed(service.sessions(router.user_id, limit=limit, cursor=cursor), LiveSession.of)


@router.get(
    SESSION, summary="Show a live workout, its last sample and gaps", tags=TAGS, raises=(LiveSessionNotFoundError,)
)
def get_live_session(session_id: str) -> LiveSessionDetail:
    return LiveSessionDetail.of(service.state(router.user_id, session_id))


@router.post(
    f"{SESSION}/samples",
    summary="Send samples",
    tags=TAGS,
    status_code=202,
    raises=(
        LiveSessionIsOverError,
        SampleInFutureError,
        LiveSessionNotFoundError,
        SampleColumnsDifferError,
        SampleColumnsMissingError,
        SamplesTooSpreadError,
        TooManySamplesError,
        RequestInProgressError,
    ),
)
def send_live_samples(session_id: str, body: Annotated[SampleBatch, Body()]) -> SamplesTaken:
    """What is answered is kept; anything else, send again. Order, age and repetitions do not matter.

    For a week after the end, samples that come late correct the workout."""
    return SamplesTaken.of(service.take(router.user_id, session_id, body.sent(), clock.now()))


@router.post(f"{SESSION}/pause", summary="Pause", tags=TAGS, raises=(LiveSessionNotFoundError, RequestInProgressError))
def pause_live_session(session_id: str, body: Annotated[LiveCommand, Body()]) -> LiveSessionDetail:
    return LiveSessionDetail.of(service.mark(router.user_id, session_id, MarkKind.PAUSE, body.at_s, clock.now()))


@router.post(
    f"{SESSION}/resume",
    summary="Go on after a pause",
    tags=TAGS,
    raises=(LiveSessionNotFoundError, RequestInProgressError),
)
def resume_live_session(session_id: str, body: Annotated[LiveCommand, Body()]) -> LiveSessionDetail:
    return LiveSessionDetail.of(service.mark(router.user_id, session_id, MarkKind.RESUME, body.at_s, clock.now()))


@router.post(
    f"{SESSION}/stop",
    summary="Stop: it becomes a workout",
    tags=TAGS,
    raises=(LiveSessionNotFoundError, RequestInProgressError),
)
def stop_live_session(session_id: str, body: Annotated[LiveCommand, Body()]) -> LiveSessionDetail:
    """The workout has the session's id, and appears in the diary a moment later."""
    return LiveSessionDetail.of(service.stop(router.user_id, session_id, body.at_s, clock.now()))


@router.post(
    f"{SESSION}/discard",
    summary="Discard: it never was",
    tags=TAGS,
    raises=(LiveSessionIsFinishedError, LiveSessionNotFoundError, RequestInProgressError),
)
def discard_live_session(session_id: str) -> LiveSessionDetail:
    return LiveSessionDetail.of(service.discard(router.user_id, session_id, clock.now()))


@router.post(
    f"{SESSION}/share-links",
    summary="Make a link for people without an account",
    tags=TAGS,
    status_code=201,
    raises=(LiveSessionIsOverError, LiveSessionNotFoundError, TooManyShareLinksError, RequestInProgressError),
)
def create_share_link(session_id: str, body: Annotated[NewShareLink, Body()]) -> CreatedShareLink:
    """Whoever has it sees what followers see, until it ends or is revoked; ten connections at a time."""
    return CreatedShareLink.of(
        *permission_service.share(router.user_id, session_id, body.lasts, body.heart_rate, clock.now())
    )


@router.get(f"{SESSION}/share-links", summary="List the links that hold", tags=TAGS, raises=(LiveSessionNotFoundError,))
def list_share_links(session_id: str) -> ShareLinks:
    links = permission_service.links(router.user_id, session_id, clock.now())
    return ShareLinks(items=[ShareLink.of(link) for link in links])


@router.delete(
    f"{SESSION}/share-links/<link_id>",
    summary="Revoke a link",
    tags=TAGS,
    status_code=204,
    raises=(LiveSessionNotFoundError, RequestInProgressError),
)
def revoke_share_link(session_id: str, link_id: str) -> Response[None]:
    permission_service.unshare(router.user_id, session_id, link_id, clock.now())
    return no_content()


@router.get(
    "/v1/live/shared/<share_token>",
    summary="Look at a shared live workout",
    tags=TAGS,
    raises=(LiveSessionNotFoundError, ShareLinkNotFoundError),
)
def look_at_shared_session(share_token: str) -> LiveView:
    """For a web page without an account. While the athlete was never out of every privacy zone, there is nothing."""
    return permission_service.look(share_token, clock.now())


@router.get("/v1/live/followers", summary="List who may watch you live", tags=TAGS)
def list_live_followers() -> LiveFollowers:
    followers = permission_service.followers(router.user_id)
    return LiveFollowers(items=[LiveFollower.of(allowed) for allowed in followers])


@router.put(
    "/v1/live/followers/<follower>",
    summary="Let somebody watch you live",
    tags=TAGS,
    raises=(TooManyFollowersError, RequestInProgressError),
)
def allow_live_follower(follower: str, body: Annotated[LiveFollowerPut | None, Body()] = None) -> LiveFollower:
    """Without a body, or without a word on the heart rate, that stays as it is: out of sight, at first."""
    heart_rate = body.heart_rate if body is not None else None
    return LiveFollower.of(permission_service.allow(router.user_id, follower, heart_rate, clock.now()))


@router.delete("/v1/live/followers/<follower>", summary="Let somebody watch you no more", tags=TAGS, status_code=204)
def disallow_live_follower(follower: str) -> Response[None]:
    """Connections that watch by it end at once."""
    permission_service.disallow(router.user_id, follower)
    return no_content()
