from stadion.errors import ConflictError, NotFoundError, TooManyRequestsError
from stadion.i18n import Text


class LinkNotFoundError(NotFoundError):
    code = "partner_link_not_found"
    title = Text(en="Not linked", ru="Нет связи")
    explanation = Text(en="You are not linked to this partner.", ru="Вы не связаны с этим партнёром.")


class LinkTokenUnknownError(NotFoundError):
    """Also of one that is for another partner: who asks learns nothing of it, and spoils nothing."""

    code = "link_token_unknown"
    title = Text(en="No such token", ru="Токен не найден")
    explanation = Text(
        en="There is no such token for you, or the athlete withdrew it. Ask them for a new one.",
        ru="Такого токена для вас нет, или спортсмен его отозвал. Попросите новый.",
    )


class LinkTokenExpiredError(NotFoundError):
    code = "link_token_expired"
    title = Text(en="The token has expired", ru="Срок токена истёк")
    explanation = Text(
        en="A token is good for ten minutes. Ask the athlete for a new one.",
        ru="Токен действует десять минут. Попросите у спортсмена новый.",
    )


class TooManyLinkTokensError(TooManyRequestsError):
    code = "too_many_link_tokens"
    title = Text(en="Too many tokens", ru="Слишком много токенов")
    explanation = Text(
        en="Ten tokens within ten minutes are the most. Wait a little.",
        ru="Не больше десяти токенов за десять минут. Подождите немного.",
    )


class TooManyUnknownTokensError(TooManyRequestsError):
    code = "too_many_unknown_tokens"
    title = Text(en="Too many unknown tokens", ru="Слишком много неизвестных токенов")
    explanation = Text(
        en="Too many of the tokens that you sent are not yours. Wait some minutes.",
        ru="Слишком много присланных токенов не ваши. Подождите несколько минут.",
    )


class TooManyLinksError(ConflictError):
    code = "too_many_partner_links"
    title = Text(en="Too many partners", ru="Слишком много партнёров")
    explanation = Text(
        en="You can be linked to {most} partners. Unlink one first.",
        ru="Можно быть связанным с {most} партнёрами. Сначала разорвите одну связь.",
    )
