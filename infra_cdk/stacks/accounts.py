"""Accounts: sign-in, profiles, consents, avatars."""

import json

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.alarms import Trouble, own_metric, raise_alarm, watch_channels
from infra_cdk.parts.api import Route
from infra_cdk.parts.mail import MailDomain
from infra_cdk.parts.uses import Actions, TextMessages, Variables
from infra_cdk.stacks.base import ServiceStack

USER_POOL_ACTIONS = (
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:AdminUserGlobalSignOut",
)
"""Refresh and revocation need none: they are open to whoever has the client's secret."""
ROLE_ACTIONS = (
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminRemoveUserFromGroup",
)
"""Of admins alone: no function that answers whoever comes may make an admin of them."""
REFUSED_PER_HOUR = 500
"""Wrong codes: mistyped ones are a few of a hundred."""


class AccountsStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="accounts", environment=environment)
        platform = self.platform
        avatars = self.bucket("avatars", arrivals="incoming/", from_app=True)
        pictures = avatars.objects(reads=["avatars/"], writes=["incoming/"], removes=["avatars/"])
        mail = MailDomain(environment.mail_domain)
        codes = Variables(
            mail.variables
            | {
                "STADION_CLIENT_SECRET": platform.client_secret_arn,
                "STADION_NETWORK_ALLOWANCE": str(environment.network_allowance),
                "STADION_PHONE_COUNTRIES": json.dumps(environment.phone_countries),
                "STADION_TEXTS_PER_DAY": str(environment.texts_per_day),
            }
        )
        signs_in = Actions(
            {
                platform.user_pool_arn: USER_POOL_ACTIONS,
                platform.client_secret_arn: ["secretsmanager:GetSecretValue"],
                platform.key.key_arn: ["kms:Decrypt"],
                **{arn: ["ses:SendEmail"] for arn in mail.sources},
            }
        )
        ends_sessions = platform.standing(writes=True)
        self.serve(
            [
                Route("POST /v1/auth/sign-out-everywhere"),
                *self.under("/v1/me"),
                *self.under("/v1/users"),
            ],
            uses=[self.users, pictures, ends_sessions, codes, signs_in, TextMessages()],
        )
        roles = Actions({platform.user_pool_arn: ROLE_ACTIONS})
        self.administer("/v1/admin/accounts", uses=[self.users, roles, ends_sessions])
        self.consume("consents/on_partner_events")
        arrived = avatars.objects(reads=["incoming/"], writes=["avatars/"], removes=["incoming/", "avatars/"])
        self.receive("avatars/on_avatar", avatars, memory_mb=1024, uses=[arrived, self.users, self.packages("images")])
        self._watch_codes(environment)
        watch_channels(self, service="accounts", topic=platform.alarm_topic)
        self.show("CodesSent", "CodesRefused", "AttemptsRefused", "TextsSent")

    def _watch_codes(self, environment: Environment) -> None:
        for trouble, metric, above, meaning in (
            (Trouble.CODES_SENT, "CodesSent", environment.codes_per_hour, "More codes in an hour than people ask for."),
            (Trouble.CODES_REFUSED, "CodesRefused", REFUSED_PER_HOUR, "Many wrong codes in an hour: somebody guesses."),
        ):
            raise_alarm(
                self,
                trouble=trouble,
                subject="stadion-accounts",
                meaning=meaning,
                metric=own_metric("accounts", metric, minutes=60),
                topic=self.platform.alarm_topic,
                above=above,
            )
