"""`stadion contracts` says in a line what a service left unsaid."""

import sys

import pytest

from local.contracts import files
from local.contracts.messages import UnclearMessagesError
from local.contracts.models import ContractError
from stadion_cli import app


@pytest.mark.parametrize(("command", "asks"), [("write", "write"), ("check", "drift")])
def test_what_is_missing_is_told_without_a_traceback(
    command: str, asks: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def incomplete() -> list[str]:
        raise ContractError("the parameter sku has no description")

    monkeypatch.setattr(files, asks, incomplete)
    monkeypatch.setattr(sys, "argv", ["stadion", "contracts", command])

    assert app.main() == 1

    told = capsys.readouterr()
    assert "the parameter sku has no description" in told.err + told.out
    assert "Traceback" not in told.err + told.out


@pytest.mark.parametrize(
    "fault", [ContractError("functions/notes/README.md is missing"), UnclearMessagesError(["notes/ru.toml is missing"])]
)
def test_the_advice_to_write_anew_is_given_only_where_it_helps(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["stadion", "contracts", "check"])
    told = []
    for found in (fault, None):

        def drift(found: Exception | None = found) -> list[str]:
            if found is not None:
                raise found
            return ["contracts/openapi.json differs"]

        monkeypatch.setattr(files, "drift", drift)
        assert app.main() == 1
        shown = capsys.readouterr()
        told.append(shown.err + shown.out)

    assert ["contracts write" in one for one in told] == [False, True]
