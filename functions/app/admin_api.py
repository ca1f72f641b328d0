"""Admins' routes of the app's configuration, for `stadion app`."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from app import service, store
from app.domain import AppConfig
from app.errors import TooManyFeaturesError, VersionsOutOfOrderError
from app.schemas import AdminAppConfigResponse, AppConfigPatch
from stadion import clock
from stadion.contract import EDIT, NotModifiedError
from stadion.http import AdminRoutes, Api, lambda_handler

api = Api()
admin = AdminRoutes()
handler = lambda_handler(api)


@admin.get(
    "/v1/admin/app/config",
    summary="Show the app's configuration",
    tags=["Admin"],
    raises=(NotModifiedError,),
    headers=("ETag",),
)
def show_app_config() -> Response[AdminAppConfigResponse]:
    return _answer(store.config())


@admin.patch(
    "/v1/admin/app/config",
    summary="Change the app's configuration (merge patch)",
    tags=["Admin"],
    raises=(VersionsOutOfOrderError, TooManyFeaturesError, *EDIT),
    headers=("ETag",),
)
def change_app_config(body: Annotated[AppConfigPatch, Body()]) -> Response[AdminAppConfigResponse]:
    def change() -> AppConfig:
        known = store.config()
        admin.if_match(known.revision)
        return service.change(known, *body.changes(), clock.now())

    return _answer(admin.edit(change))


def _answer(config: AppConfig) -> Response[AdminAppConfigResponse]:
    return admin.versioned(AdminAppConfigResponse.of(config), config.revision)


api.include_router(admin)
