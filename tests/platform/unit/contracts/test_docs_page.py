"""The API page works wherever the API is: at a root, behind a stage, under an emulator's path."""

import base64
import gzip
import hashlib
import json
import re
from typing import Any

import pytest

from local.paths import ROOT
from platform_.api import handler
from tests.kit.services import Context, http_event

PAGE = ROOT / "functions" / "platform_" / "docs.html"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADION_SERVICE", "platform")
    monkeypatch.setenv("STADION_STAGE", "test")


FILES = ("/docs/openapi.json", "/docs/swagger-ui.js", "/docs/swagger-ui.css")


def call(method: str, path: str, **headers: str) -> dict[str, Any]:
    return handler(http_event(method, path, None, user=None, headers=headers), Context())  # type: ignore[arg-type]


def test_the_page_and_all_that_it_loads_are_served() -> None:
    page = call("GET", "/docs")
    assert page["statusCode"] == 200
    assert page["headers"]["Content-Type"].startswith("text/html")
    loaded = re.findall(r'(?:href|src|url)[=:] ?"(docs/[^"]+)"', page["body"])
    assert len(set(loaded)) == 3
    for address in loaded:
        assert call("GET", f"/{address}")["statusCode"] == 200, address


def test_the_page_runs_its_own_scripts_only_and_stands_in_no_frame() -> None:
    page = call("GET", "/docs")
    policy = page["headers"]["Content-Security-Policy"]
    [script] = re.findall(r"<script>(.*?)</script>", page["body"], re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page["headers"]["X-Frame-Options"] == "DENY"


def test_the_page_loads_nothing_from_elsewhere_and_nothing_from_the_root() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not re.search(r"https?://|//cdn|[\"'](?:href|src|url)[\"']?[=:]\s*[\"']/", page)


def test_the_document_is_served_as_it_is_committed() -> None:
    committed = (ROOT / "contracts" / "openapi.json").read_text(encoding="utf-8")
    assert call("GET", "/docs/openapi.json")["body"] == committed


@pytest.mark.parametrize("path", FILES)
def test_what_is_large_is_packed_and_says_how_long_it_may_be_kept(path: str) -> None:
    """The document has 1 MB and the script 1.5, for anybody who asks."""
    plain, packed = call("GET", path), call("GET", path, accept_encoding="br, gzip;q=0.8")
    body = base64.b64decode(packed["body"])

    assert packed["isBase64Encoded"]
    assert gzip.decompress(body).decode() == plain["body"]
    assert len(body) < 0.35 * len(plain["body"].encode())
    assert (packed["headers"]["Content-Encoding"], packed["headers"]["Vary"]) == ("gzip", "Accept-Encoding")
    assert packed["headers"]["Cache-Control"].startswith("public, max-age=")
    assert "Content-Encoding" not in plain["headers"]


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_who_has_it_is_sent_nothing(path: str, accepted: str) -> None:
    first = call("GET", path, accept_encoding=accepted)
    again = call("GET", path, accept_encoding=accepted, if_none_match=first["headers"]["ETag"])

    assert (again["statusCode"], again.get("body") or "") == (304, "")
    assert again["headers"]["ETag"] == first["headers"]["ETag"]
    assert again["headers"]["Cache-Control"] == first["headers"]["Cache-Control"]


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "gzip; q=0.000", "br"])
def test_who_takes_no_gzip_gets_none(accepted: str) -> None:
    assert not call("GET", FILES[0], accept_encoding=accepted).get("isBase64Encoded")


@pytest.mark.parametrize("path", ["/", "/v1/workouts", "/nothing/here"])
def test_asking_for_options_is_never_an_error(path: str) -> None:
    answer = call("OPTIONS", path)
    assert answer["statusCode"] == 204
    assert not answer.get("body")


def test_where_nothing_is_a_problem_says_so() -> None:
    answer = call("GET", "/nothing/here")
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "route_not_found"
