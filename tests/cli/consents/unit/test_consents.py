"""`stadion consents`: what it sends and says."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.paths import ROOT
from stadion_cli.base.errors import UsageError
from stadion_cli.base.target import Target
from stadion_cli.consents import commands

EXAMPLE = ROOT / "docs" / "examples" / "consents" / "location.yaml"
VERSION = {
    "version": "2026-10",
    "current_from": "2026-10-01T00:00:00Z",
    "texts": {"en": "Others may see.", "ru": "Другие могут видеть."},
    "is_current": True,
    "set_by": None,
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []
    texts = {"kind": "location", "versions": [VERSION]}

    def call(_: Target, method: str, path: str, body: Any = None) -> dict[str, Any]:
        asked.append((method, path, body))
        return {"items": [texts], **texts}

    monkeypatch.setattr(commands, "call", call)
    monkeypatch.setattr(commands, "target", lambda *_, **__: None)
    return asked


def test_the_example_is_what_the_api_takes(sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    from accounts.consents.schemas import ConsentTextPut

    commands.set_(EXAMPLE)

    ((method, path, body),) = sent
    assert (method, path) == ("PUT", "/v1/admin/accounts/consent-texts/location/2027-01-live")
    assert ConsentTextPut.model_validate_json(json.dumps(body)).texts.ru.startswith("Другие")
    assert "2026-10" in capsys.readouterr().out


def test_the_texts_are_listed_and_shown(sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    commands.list_()
    commands.show("location")

    assert [path for _, path, _ in sent] == [commands.BASE, f"{commands.BASE}/location"]
    told = capsys.readouterr().out
    assert all(part in told for part in ("location", "2026-10", "current", "Другие могут видеть."))


def test_a_file_that_says_no_kind_is_not_sent(sent: list[tuple[Any, ...]], tmp_path: Path) -> None:
    file = tmp_path / "text.json"
    file.write_text(json.dumps({"texts": {}}))

    with pytest.raises(UsageError):
        commands.set_(file)
    assert sent == []


@pytest.mark.parametrize("version", ["2027", "2027.10"])
def test_a_version_that_yaml_takes_for_a_number_is_asked_for_in_quotes(
    sent: list[tuple[Any, ...]], tmp_path: Path, version: str
) -> None:
    file = tmp_path / "text.yaml"
    file.write_text(f"kind: location\nversion: {version}\ntexts: {{en: x, ru: y}}\n")

    with pytest.raises(UsageError) as refused:
        commands.set_(file)

    assert "quotes" in str(refused.value.hint)
    assert sent == []
