"""Requests and responses of the app's configuration, and the words of codes."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StrictBool

from app.domain import VERSION, AppConfig, AppPlatform, AppUpdate, features_for, update_for
from app.facts import AppLimits
from stadion.http import RequestModel
from stadion.links import Link

AppVersion = Annotated[str, Field(pattern=VERSION, examples=["2.6.0"])]
Platforms = Annotated[
    list[AppPlatform],
    Field(min_length=1, max_length=2 * len(AppPlatform)),
    AfterValidator(lambda named: sorted(set(named))),
]
FeatureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$", examples=["live-map"])]


class AppClientResponse(BaseModel):
    minimum_version: str | None = Field(examples=["2.3.0"], description="older: renew; null: none is too old")
    recommended_version: str | None = Field(examples=["2.6.0"])
    store_url: str | None = Field(examples=["https://apps.example.com/stadion"])


class AppConfigResponse(BaseModel):
    server_time: AwareDatetime = Field(description="to tell a device's clock that is wrong")
    update: AppUpdate | None = Field(description="for `platform` and `version`; null when one is not named")
    clients: dict[AppPlatform, AppClientResponse]
    features: dict[str, bool] = Field(
        examples=[{"live-map": True}], description="for `platform` and `version`; what is not here is off"
    )
    limits: AppLimits

    @classmethod
    def of(
        cls, config: AppConfig, platform: AppPlatform | None, version: str | None, limits: AppLimits, now: datetime
    ) -> Self:
        client = config.clients.get(platform) if platform is not None else None
        told = update_for(client, version) if client is not None and version is not None else None
        is_asked = platform is not None and version is not None
        return cls(
            server_time=now,
            update=told or (AppUpdate.NONE if is_asked else None),
            clients={name: AppClientResponse.model_validate(one.model_dump()) for name, one in config.clients.items()},
            features=dict(features_for(config, platform, version)),
            limits=limits,
        )


class AppClientPatch(RequestModel):
    minimum_version: AppVersion | None = None
    recommended_version: AppVersion | None = None
    store_url: Link | None = None


class AppFeaturePatch(RequestModel):
    is_on: StrictBool = Field(default=False, description="a feature that is new is off until it says otherwise")
    platforms: Platforms | None = Field(default=None, description="null: all of them")
    from_version: AppVersion | None = None


class AppConfigPatch(RequestModel):
    """RFC 7396 merge patch, by platform and by feature: what is absent stays, null removes."""

    clients: dict[AppPlatform, AppClientPatch | None] = Field(default_factory=dict)
    features: dict[FeatureName, AppFeaturePatch | None] = Field(default_factory=dict)

    def changes(self) -> tuple[dict[str, dict[str, Any] | None], dict[str, dict[str, Any] | None]]:
        def sent(patches: dict[Any, Any]) -> dict[str, dict[str, Any] | None]:
            return {str(name): one and one.model_dump(exclude_unset=True) for name, one in patches.items()}

        return sent(self.clients), sent(self.features)


class AppFeatureResponse(BaseModel):
    is_on: bool
    platforms: list[AppPlatform] | None
    from_version: str | None


class AdminAppConfigResponse(BaseModel):
    revision: int
    clients: dict[AppPlatform, AppClientResponse]
    features: dict[str, AppFeatureResponse]

    @classmethod
    def of(cls, config: AppConfig) -> Self:
        return cls.model_validate(config.model_dump())
