"""A message as a mail: plain text, and HTML that escapes everything that came from anywhere."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from stadion.i18n import Language, Text

_TEXT: Final = """{{ title }}

{{ body }}
{% for line in lines %}
- {{ line }}
{%- endfor %}
{% if link %}
{{ open_words }}: {{ link }}
{% endif %}
--
{{ why }}
{% if unsubscribe %}{{ unsubscribe_words }}: {{ unsubscribe }}
{% endif %}"""

_HTML: Final = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title></head>
<body style="margin:0;background:#f4f5f7;font:16px/1.5 -apple-system,Segoe UI,Roboto,sans-serif;color:#1c2430">
<div style="max-width:560px;margin:0 auto;padding:24px">
<div style="background:#fff;border-radius:12px;padding:28px">
<h1 style="font-size:22px;margin:0 0 12px">{{ title }}</h1>
<p style="margin:0 0 16px">{{ body }}</p>
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
    text, html = _templates()
    return Mail(subject=" ".join(title.split()), text=text.render(values), html=html.render(values))


@cache
def _templates() -> tuple[Any, Any]:
    from jinja2 import Environment, StrictUndefined

    plain = Environment(undefined=StrictUndefined, trim_blocks=True)  # noqa: S701 - plain text
    rich = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True)
    return plain.from_string(_TEXT), rich.from_string(_HTML)
