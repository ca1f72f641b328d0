"""A message as a mail: plain text, and HTML that escapes everything that came from anywhere."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from stadion.i18n import Language, Text

_HTML: Final = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title></head>
<body style="margin:0;background:#f4f5f7;font:16px/1.5 -apple-system,Segoe UI,Roboto,sans-serif;color:#1c2430">
<div style="max-width:560px;margin:0 auto;padding:24px">
<div style="background:#fff;border-radius:12px;padding:28px">
<h1 style="font-size:22px;margin:0 0 12px">{{ title }}</h1>
<p style="margin:0 0 16px;white-space:pre-line">{{ body }}</p>
{% if lines %}<ul style="margin:0 0 16px;padding-left:20px">{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul>
{% endif %}{% if link %}<p style="margin:24px 0 0"><a href="{{ link }}" style="background:#0a58ff;color:#fff;
border-radius:8px;padding:12px 20px;text-decoration:none">{{ open_words }}</a></p>{% endif %}
</div>
<p style="font-size:13px;color:#5b6675;padding:16px 28px">{{ why }}
{% if unsubscribe %}<br><a href="{{ unsubscribe }}" style="color:#5b6675">{{ unsubscribe_words }}</a>{% endif %}</p>
</div></body></html>"""

_OPEN: Final = Text(en="Open in Stadion", ru="Открыть в Stadion")
_UNSUBSCRIBE: Final = Text(en="Unsubscribe", ru="Отписаться")
_WHY: Final = Text(
    en="You get this mail because you have a Stadion account.",
    ru="Вы получили это письмо, потому что у вас есть аккаунт Stadion.",
)


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


def mail(
    title: str, body: str, language: Language, *, lines: list[str], link: str | None, unsubscribe: str | None
) -> Mail:
    values: dict[str, Any] = {
        "title": title,
        "body": body,
        "lines": lines,
        "link": link,
        "unsubscribe": unsubscribe,
        "language": language.value,
        "open_words": _OPEN.say(language),
        "unsubscribe_words": _UNSUBSCRIBE.say(language),
        "why": _WHY.say(language),
    }
    text = _plain(title, body, lines=lines, opens=(_OPEN, link), ends=(_UNSUBSCRIBE, unsubscribe), language=language)
    return Mail(subject=" ".join(title.split()), text=text, html=_template().render(values))


def _plain(
    title: str,
    body: str,
    *,
    lines: list[str],
    opens: tuple[Text, str | None],
    ends: tuple[Text, str | None],
    language: Language,
) -> str:
    listed = "\n".join(f"- {line}" for line in lines)
    opening, ending = (f"{words.say(language)}: {link}" if link else "" for words, link in (opens, ends))
    foot = "\n".join(part for part in ("--", _WHY.say(language), ending) if part)
    return "\n\n".join(part for part in (title, body, listed, opening, foot) if part) + "\n"


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True).from_string(_HTML)
