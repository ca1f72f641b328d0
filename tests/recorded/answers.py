"""A plugin that notes each answer that the tests of a process get, in the folder that `STADION_RECORDED` names."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
import requests

FOLDER: Final = os.environ["STADION_RECORDED"]


def _note(method: str, url: str, status: int, headers: Mapping[str, str], text: str) -> None:
    kind = headers.get("content-type", "")
    body = json.loads(text) if "json" in kind and text else None
    known = {"method": method, "path": urlsplit(url).path, "status": status, "content_type": kind, "body": body}
    known["headers"] = sorted(name.lower() for name in headers)
    with (Path(FOLDER) / f"answers-{os.getpid()}.jsonl").open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(known) + "\n")


@pytest.fixture(scope="session", autouse=True)
def recorded_answers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        sent_by_httpx, sent_by_requests = httpx.Client.send, requests.Session.send

        def of_httpx(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
            answer = sent_by_httpx(self, request, **options)
            if "127.0.0.1" in str(request.url):
                _note(request.method, str(request.url), answer.status_code, answer.headers, answer.text)
            return answer

        def of_requests(self: requests.Session, request: Any, **options: Any) -> requests.Response:
            answer = sent_by_requests(self, request, **options)
            _note(str(request.method), str(request.url), answer.status_code, answer.headers, answer.text)
            return answer

        patch.setattr(httpx.Client, "send", of_httpx)
        patch.setattr(requests.Session, "send", of_requests)
        yield
