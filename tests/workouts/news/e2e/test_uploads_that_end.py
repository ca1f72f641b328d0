"""On the deployed stack: an upload that cannot be taken in says so in the inbox, nobody having asked."""

from typing import Any

import httpx

from local.demo.client import Athlete
from tests.kit.stack import DeployedStack, eventually


def test_the_inbox_says_why_a_file_was_not_taken_in(stack: DeployedStack, anna: Athlete) -> None:
    upload = anna.call("POST", "/v1/uploads", {"filename": "nonsense.fit"})
    form = upload["form"]
    sent = httpx.post(form["url"], data=form["fields"], files={"file": ("nonsense.fit", b"nonsense")})
    assert sent.is_success

    def told() -> dict[str, Any] | None:
        notes = anna.get("/v1/notifications")["items"]
        found = [note for note in notes if note["about"].get("upload_id") == upload["upload_id"]]
        return found[0] if found else None

    note = eventually(told)
    assert note is not None
    assert "nonsense.fit" in note["body"]
    listed = anna.get("/v1/uploads?status=failed")["items"]
    assert upload["upload_id"] in {one["upload_id"] for one in listed}
