"""HTTP entry point of the platform: health, the API page, and a proper answer where nothing is."""

import base64
import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi import swagger_ui

from stadion.html import page
from stadion.http import JSON, Api, lambda_handler, no_content

HERE = Path(__file__).parent
ASSETS = Path(swagger_ui.__file__).parent
A_DAY = "public, max-age=86400"
FIVE_MINUTES = "public, max-age=300"
WEIGHT_OF_NOUGHT = re.compile(r"q=0(\.0*)?")

api = Api()
handler = lambda_handler(api)


@api.get("/v1/health", summary="Is the API there?", tags=["Platform"])
def health() -> dict[str, str]:
    return {"status": "ok"}


@api.route(".+", method="OPTIONS", include_in_schema=False)
def options() -> Response[None]:
    """API Gateway answers preflights itself; whatever else asks for options gets no error."""
    return no_content()


@api.get("/docs", include_in_schema=False)
def docs() -> Response[str]:
    return page(
        _text(HERE / "docs.html"),
        script_src="'self'",
        style_src="'self'",
        img_src="'self' data:",
        connect_src="'self'",
    )


@api.get("/docs/openapi.json", include_in_schema=False, enable_validation=False)
def openapi() -> Response[Any]:
    return _file(HERE / "openapi.json", JSON, FIVE_MINUTES)


@api.get("/docs/swagger-ui.js", include_in_schema=False, enable_validation=False)
def script() -> Response[Any]:
    return _file(ASSETS / "swagger-ui-bundle.min.js", "text/javascript", A_DAY)


@api.get("/docs/swagger-ui.css", include_in_schema=False, enable_validation=False)
def style() -> Response[Any]:
    return _file(ASSETS / "swagger-ui.min.css", "text/css", A_DAY)


def _file(path: Path, content_type: str, cached: str) -> Response[Any]:
    """Packed for whoever takes that, and not at all for whoever has it."""
    packed = _takes_gzip(api.header("accept-encoding") or "")
    tag, content = _packed(path) if packed else _plain(path)
    headers: dict[str, Any] = {"Cache-Control": cached, "ETag": tag, "Vary": "Accept-Encoding"}
    if api.unchanged(tag):
        return Response(status_code=304, headers=headers, body="")
    if packed:
        headers["Content-Encoding"] = "gzip"
    answer = Response[Any](status_code=200, content_type=content_type, headers=headers, body=content)
    answer.base64_encoded = packed
    return answer


def _takes_gzip(accepted: str) -> bool:
    """RFC 9110 section 12.5.3; a weight of nought is a no."""
    for one in accepted.lower().split(","):
        coding, _, weight = (part.strip() for part in one.partition(";"))
        if coding in {"gzip", "*"}:
            return not WEIGHT_OF_NOUGHT.fullmatch(weight)
    return False


@cache
def _plain(path: Path) -> tuple[str, str]:
    text = _text(path)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"', text


@cache
def _packed(path: Path) -> tuple[str, str]:
    """In base64, as Lambda answers bytes. Once for each process: of the document a fourteenth is left, of the script a
    third."""
    tag, text = _plain(path)
    return f'{tag[:-1]}.gzip"', base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
