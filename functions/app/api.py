"""HTTP entry point of what an app needs before anything else: /v1/app/config and /v1/words. Public."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from app import facts, store
from app.domain import VERSION, AppPlatform
from app.facts import CodeWords
from app.schemas import AppConfigResponse
from stadion import clock
from stadion.contract import NotModifiedError
from stadion.http import JSON, Api, lambda_handler

api = Api()
handler = lambda_handler(api)


@api.get("/v1/app/config", summary="What an app needs at its start", tags=["App"])
def get_app_config(
    platform: Annotated[AppPlatform | None, Query()] = None,
    version: Annotated[str | None, Query(pattern=VERSION, examples=["2.6.0"])] = None,
) -> AppConfigResponse:
    """Before signing in, too: which versions are too old, what is switched on for this one, what is refused beyond
    which limit, and the server's time."""
    return AppConfigResponse.of(store.config(), platform, version, facts.limits(), clock.now())


@api.get("/v1/words", summary="What codes are called", tags=["App"], raises=(NotModifiedError,), headers=("ETag",))
def list_words() -> Response[CodeWords]:
    """Sports, gear, flags, records and the like, in every language. They change with a release: keep them with their
    `ETag`."""
    tag, words = facts.words()
    if api.unchanged(tag):
        raise NotModifiedError(tag)
    return Response(status_code=200, content_type=JSON, headers={"ETag": tag}, body=words)
