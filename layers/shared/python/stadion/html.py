"""Pages for a browser: they load and run what they say and no more, stand in no frame, and keep their address."""

import base64
import hashlib
import re
from typing import Final

from aws_lambda_powertools.event_handler import Response

TWO_YEARS_S: Final = 63_072_000
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def page(html: str, **more: str) -> Response[str]:
    """A page whose links may be secrets, so that no address leaves it.

    Its own `<style>` and `<script>` blocks count by their digests; an attribute `style` or `onclick` does not.
    `more` allows what they load: `script_src="'self'"`.
    """
    allowed = {"style-src": "", "script-src": ""} | {name.replace("_", "-"): value for name, value in more.items()}
    for kind, text in _INLINE.findall(html):
        allowed[f"{kind}-src"] += f" 'sha256-{_digest(text)}'"
    policy = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        **{name: value.strip() for name, value in allowed.items() if value},
    }
    return Response(
        status_code=200,
        content_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Strict-Transport-Security": f"max-age={TWO_YEARS_S}",
        },
        body=html,
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
