from stadion.settings import Settings


class UserPoolSettings(Settings):
    user_pool_id: str
    user_pool_client_id: str


class AccountSettings(UserPoolSettings):
    avatars_bucket: str


class SignInSettings(AccountSettings):
    """What the API needs beside: it alone signs people in, and sends codes."""

    client_secret: str
    """The ARN of the secret that Cognito knows our client by."""
    mail_sender: str
    mail_configuration: str = ""
    network_allowance: int = 1
    """How many times the limits of a network: on a laptop, everybody comes from one."""
    phone_countries: frozenset[str] = frozenset()
    """ISO 3166-1 alpha-2, of the numbers that get codes."""
    texts_per_day: int = 1000
    """Codes by SMS, to everybody together."""
