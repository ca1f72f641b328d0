"""What can go wrong at signing in, in words that give nothing away about who has an account."""

from stadion.errors import InvalidError, UnauthenticatedError
from stadion.i18n import Text


class SignInFailedError(UnauthenticatedError):
    """Also for an e-mail that is not confirmed, which has no account yet."""

    code = "sign_in_failed"
    title = Text(en="Sign-in failed", ru="Не удалось войти")
    explanation = Text(
        en="E-mail or password is wrong, or the e-mail is not confirmed yet.",
        ru="Неверный адрес или пароль, либо адрес ещё не подтверждён.",
    )


class InvalidEmailError(InvalidError):
    code = "email_is_invalid"
    title = Text(en="Check the e-mail", ru="Проверьте адрес")
    explanation = Text(en="No mail can be sent to this address.", ru="На этот адрес нельзя отправить письмо.")


class WrongPasswordError(InvalidError):
    code = "current_password_is_wrong"
    title = Text(en="Password is wrong", ru="Неверный пароль")
    explanation = Text(en="The current password is wrong.", ru="Текущий пароль неверен.")


class WeakPasswordError(InvalidError):
    code = "password_is_weak"
    title = Text(en="Choose another password", ru="Выберите другой пароль")
    explanation = Text(
        en="Take at least 10 characters that are not your e-mail, a sequence or one of the most common passwords.",
        ru="Нужно не меньше 10 символов: не ваш адрес, не последовательность и не самый частый пароль.",
    )
