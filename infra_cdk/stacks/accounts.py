"""Accounts: sign-in, profiles, consents, avatars."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, Route
from infra_cdk.parts.standing import Standing
from infra_cdk.parts.uses import Actions
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack

USER_POOL_ACTIONS = (
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminRemoveUserFromGroup",
    "cognito-idp:AdminSetUserPassword",
)
"""Sign-up, sign-in and refresh need none: they are the app client's public calls."""


class AccountsStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="accounts", environment=environment, platform=platform)
        avatars = self.bucket("avatars", arrivals="incoming/")
        ends_sessions = Standing(platform.standing, writes=True)
        self.serve(
            [
                Route("POST /v1/auth/{proxy+}", Auth.PUBLIC),
                Route("POST /v1/auth/sign-out-everywhere"),
                *self.under("/v1/me"),
                *self.under("/v1/users"),
                *self.under("/v1/admin/accounts", auth=Auth.IAM),
            ],
            uses=[self.users, avatars, ends_sessions, Actions({platform.users.user_pool_arn: USER_POOL_ACTIONS})],
        )
        self.receive("avatars/on_avatar", avatars, memory_mb=1024, uses=[self.users, self.packages("images")])
