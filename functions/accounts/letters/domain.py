"""What accounts writes by itself: codes, and what happened to an account. Plain text, and HTML that escapes it."""

from dataclasses import dataclass
from html import escape
from typing import Final

from stadion.i18n import Language, Text

CODE_STYLE: Final = "font:600 30px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px;margin:0 0 16px"
PAGE: Final = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body style="margin:0;background:#f4f5f7;font:16px/1.5 -apple-system,Segoe UI,Roboto,sans-serif;color:#1c2430">
<div style="max-width:560px;margin:0 auto;padding:24px">
<div style="background:#fff;border-radius:12px;padding:28px">
<h1 style="font-size:22px;margin:0 0 12px">{title}</h1>
{paragraphs}
</div>
<p style="font-size:13px;color:#5b6675;padding:16px 28px">{why}</p>
</div></body></html>"""


ASKED: Final = Text(
    en="You get this mail because your address was entered in Stadion.",
    ru="Вы получили это письмо, потому что ваш адрес указали в Stadion.",
)
HAVE_ACCOUNT: Final = Text(
    en="You get this mail because you have a Stadion account.",
    ru="Вы получили это письмо, потому что у вас есть аккаунт Stadion.",
)


@dataclass(frozen=True)
class Words:
    subject: Text
    before: Text
    after: Text
    """Below the code, if there is one."""
    why: Text = ASKED


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


NOT_YOU: Final = Text(
    en="If it was not you, set a new password in the app: “Forgot the password”. That ends every session.",
    ru="Если это были не вы, задайте новый пароль в приложении: «Забыли пароль». Все сеансы завершатся.",
)
REGISTRATION: Final = Words(
    Text(en="Your code for Stadion", ru="Ваш код для Stadion"),
    Text(
        en="Enter this code in the app to finish registering.",
        ru="Введите код в приложении, чтобы завершить регистрацию.",
    ),
    Text(
        en="It is good for a day. If you did not register, do nothing: without the code there is no account.",
        ru="Он действует сутки. Если вы не регистрировались, ничего не делайте: без кода аккаунт не появится.",
    ),
)
RESET: Final = Words(
    Text(en="Your code for a new password", ru="Код для нового пароля"),
    Text(
        en="Enter this code in the app to set a new password.",
        ru="Введите код в приложении, чтобы задать новый пароль.",
    ),
    Text(
        en="It is good for an hour. If you did not ask for it, do nothing, and tell the code to nobody.",
        ru="Он действует час. Если вы его не запрашивали, ничего не делайте и никому не сообщайте код.",
    ),
)
NEW_ADDRESS: Final = Words(
    Text(en="Confirm your new address", ru="Подтвердите новый адрес"),
    Text(
        en="Enter this code in the app to sign in with this address from now on.",
        ru="Введите код в приложении, чтобы входить с этим адресом.",
    ),
    Text(
        en="It is good for an hour. If you did not ask for it, do nothing.",
        ru="Он действует час. Если вы его не запрашивали, ничего не делайте.",
    ),
)
ACCOUNT_EXISTS: Final = Words(
    Text(en="You have a Stadion account already", ru="У вас уже есть аккаунт Stadion"),
    Text(
        en="Somebody, perhaps you, entered this address to register or to move an account to it.",
        ru="Кто-то, возможно вы, указал этот адрес, чтобы зарегистрироваться или перенести на него аккаунт.",
    ),
    Text(
        en="It has an account: sign in, or choose “Forgot the password” in the app. Nothing has changed.",
        ru="С ним уже есть аккаунт: войдите или выберите в приложении «Забыли пароль». Ничего не изменилось.",
    ),
    HAVE_ACCOUNT,
)
PASSWORD_CHANGED: Final = Words(
    Text(en="Your password was changed", ru="Ваш пароль изменён"),
    Text(
        en="The password of your Stadion account was changed, and all other sessions have ended.",
        ru="Пароль вашего аккаунта Stadion изменён, все остальные сеансы завершены.",
    ),
    NOT_YOU,
    HAVE_ACCOUNT,
)
ADDRESS_CHANGED: Final = Words(
    Text(en="Your address was changed", ru="Ваш адрес изменён"),
    Text(
        en="Your Stadion account has another e-mail address from now on, and its sessions have ended.",
        ru="У вашего аккаунта Stadion теперь другой адрес электронной почты, его сеансы завершены.",
    ),
    Text(
        en="If it was not you, write to our support from this address.",
        ru="Если это были не вы, напишите в поддержку с этого адреса.",
    ),
    HAVE_ACCOUNT,
)
ADDRESS_IS_NEW: Final = Words(
    Text(en="This is your address now", ru="Теперь это ваш адрес"),
    Text(
        en="You sign in to Stadion with this address from now on; the password is the same.",
        ru="Теперь вы входите в Stadion с этим адресом; пароль прежний.",
    ),
    NOT_YOU,
    HAVE_ACCOUNT,
)
TEXT_MESSAGE: Final = Text(
    en="{code} is your Stadion code, good for 15 minutes. Tell it to nobody.",
    ru="{code} — ваш код Stadion, действует 15 минут. Никому его не сообщайте.",
)


def letter(words: Words, language: Language, *, code: str | None = None) -> Letter:
    subject, before, after = (text.say(language) for text in (words.subject, words.before, words.after))
    why = words.why.say(language)
    text = "\n\n".join([subject, before, *([code] if code else []), after, f"--\n{why}"])
    shown = [_paragraph(before), *([f'<p style="{CODE_STYLE}">{escape(code)}</p>'] if code else []), _paragraph(after)]
    html = PAGE.format(language=language.value, title=escape(subject), paragraphs="\n".join(shown), why=escape(why))
    return Letter(subject, text + "\n", html)


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 16px">{escape(text)}</p>'
