"""Keys of the promos table that more than one wing writes under."""


def promo_pk(promo_id: str) -> str:
    return f"PROMO#{promo_id}"


def code_pk(code: str) -> str:
    return f"CODE#{code}"


def user_pk(user_id: str) -> str:
    return f"USER#{user_id}"


def uses_sk(promo_id: str, period: str | None = None) -> str:
    return f"USES#{promo_id}#{period}" if period else f"USES#{promo_id}"
