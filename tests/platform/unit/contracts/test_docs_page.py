"""The API page works wherever the API is: at a root, behind a stage, under an emulator's path."""

import base64
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


def call(method: str, path: str) -> dict[str, Any]:
    return handler(http_event(method, path, None, user=None), Context())  # type: ignore[arg-type]


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


@pytest.mark.parametrize("path", ["/", "/v1/workouts", "/nothing/here"])
def test_asking_for_options_is_never_an_error(path: str) -> None:
    answer = call("OPTIONS", path)
    assert answer["statusCode"] == 204
    assert not answer.get("body")


def test_where_nothing_is_a_problem_says_so() -> None:
    answer = call("GET", "/nothing/here")
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "route_not_found"
