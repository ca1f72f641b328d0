"""What a partner may, and which of its keys open: as it stands at a moment (`stadion.partner_standing` keeps it)."""

from collections.abc import Collection
from datetime import datetime

from pydantic import Field

from stadion.errors import ForbiddenError
from stadion.events.partners import PartnerAbility
from stadion.i18n import Text
from stadion.values import Value


class ApiKeyInvalidError(ForbiddenError):
    """What API Gateway says of a key that it does not know."""

    code = "api_key_is_invalid"
    title = Text(en="API key is not valid", ru="Недействительный ключ API")
    explanation = Text(en="This takes a valid API key as x-api-key.", ru="Нужен действующий ключ API в x-api-key.")


class PartnerDisabledError(ForbiddenError):
    code = "partner_is_disabled"
    title = Text(en="Disabled", ru="Доступ отключён")
    explanation = Text(en="This partner has been disabled.", ru="Доступ этого партнёра отключён.")


class AbilityMissingError(ForbiddenError):
    code = "partner_may_not"
    title = Text(en="Not agreed", ru="Не предусмотрено")
    explanation = Text(
        en="This partner was not given the ability '{ability}'.", ru="Партнёру не дано право '{ability}'."
    )


class PartnerStands(Value):
    """`keys`: id at API Gateway -> when it opens no more, in seconds since 1970; null while it is current."""

    is_disabled: bool = False
    plan: str = ""
    may: list[PartnerAbility] = Field(default_factory=list)
    keys: dict[str, float | None] = Field(default_factory=dict)

    def check(self, key_id: str, abilities: Collection[PartnerAbility], now: datetime) -> None:
        """Any one of the abilities is enough, and none need be asked for."""
        if not self.opens(key_id, now):
            raise ApiKeyInvalidError
        if self.is_disabled:
            raise PartnerDisabledError
        if abilities and not set(abilities) & set(self.may):
            raise AbilityMissingError(ability=" / ".join(abilities))

    def opens(self, key_id: str, now: datetime) -> bool:
        return key_id in self.keys and self._holds(self.keys[key_id], now)

    @staticmethod
    def _holds(retires_s: float | None, now: datetime) -> bool:
        return retires_s is None or now.timestamp() < retires_s
