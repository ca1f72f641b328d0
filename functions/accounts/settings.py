from stadion.settings import Settings


class AccountSettings(Settings):
    user_pool_id: str
    user_pool_client_id: str
    avatars_bucket: str
