"""The two small pages behind the link in a mail."""

from functools import cache
from typing import Any, Final

from notifications.links import Unsubscription
from notifications.values import ChannelName, MessageKind
from stadion.i18n import Language, Text

_PAGE: Final = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{{ title }}</title><link rel="icon" href="data:,">
<style>
body { font: 17px/1.5 -apple-system, Segoe UI, Roboto, sans-serif; max-width: 480px; margin: 15vh auto; padding: 0 20px;
  color: #1c2430; }
h1 { font-size: 24px; }
button { font: inherit; background: #0a58ff; color: #fff; border: 0; border-radius: 8px; padding: 12px 20px; }
</style></head>
<body><h1>{{ title }}</h1><p>{{ body }}</p>
{% if button %}<form method="post"><button>{{ button }}</button></form>{% endif %}</body></html>"""

KINDS: Final = {
    MessageKind.ACTIVITY: Text(en="your activity", ru="вашей активности"),
    MessageKind.GEAR: Text(en="your gear", ru="вашем снаряжении"),
    MessageKind.SOCIAL: Text(en="your friends", ru="ваших друзьях"),
    MessageKind.MARKETING: Text(en="offers", ru="предложениях"),
    MessageKind.TRANSACTIONAL: Text(en="your account", ru="вашем аккаунте"),
}
CHANNELS: Final = {
    ChannelName.EMAIL: Text(en="mails", ru="писем"),
    ChannelName.PUSH: Text(en="pushes", ru="push-уведомлений"),
    ChannelName.SMS: Text(en="SMS", ru="SMS"),
    ChannelName.INBOX: Text(en="messages in the app", ru="сообщений в приложении"),
}
_ASK: Final = Text(en="Unsubscribe?", ru="Отписаться?")
_ASKED: Final = Text(en="No more {channel} about {kind}.", ru="Больше не будет {channel} о {kind}.")
_YES: Final = Text(en="Unsubscribe", ru="Отписаться")
_DONE: Final = Text(en="You are unsubscribed", ru="Вы отписались")


def question(asked: Unsubscription, language: Language) -> str:
    return _page(_ASK, asked, language, button=_YES.say(language))


def done(asked: Unsubscription, language: Language) -> str:
    return _page(_DONE, asked, language, button=None)


def _page(title: Text, asked: Unsubscription, language: Language, *, button: str | None) -> str:
    body = _ASKED.say(language, channel=CHANNELS[asked.channel].say(language), kind=KINDS[asked.kind].say(language))
    page: str = _template().render(language=language.value, title=title.say(language), body=body, button=button)
    return page


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(undefined=StrictUndefined, autoescape=True).from_string(_PAGE)
