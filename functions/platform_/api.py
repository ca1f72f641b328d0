"""HTTP entry point of the platform: health, the API page, and a proper answer where nothing is."""

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


@api.get("/docs/openapi.json", include_in_schema=False)
def openapi() -> Response[str]:
    return Response(status_code=200, content_type=JSON, body=_text(HERE / "openapi.json"))


@api.get("/docs/swagger-ui.js", include_in_schema=False)
def script() -> Response[str]:
    return _asset("swagger-ui-bundle.min.js", "text/javascript")


@api.get("/docs/swagger-ui.css", include_in_schema=False)
def style() -> Response[str]:
    return _asset("swagger-ui.min.css", "text/css")


def _asset(name: str, content_type: str) -> Response[str]:
    headers: dict[str, Any] = {"Cache-Control": A_DAY}
    return Response(status_code=200, content_type=content_type, headers=headers, body=_text(ASSETS / name))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
