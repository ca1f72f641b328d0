"""The generated files: what they should be, what differs, and writing them."""

import json
from pathlib import Path
from typing import Any, Final

from app.facts import LIMITS, WORDS
from local.contracts import (
    achievements_page,
    app_facts,
    asyncapi,
    campaign_file,
    event_files,
    keys,
    messages,
    openapi,
    payloads,
    tour,
)
from local.contracts.models import Models
from local.contracts.services import services
from local.paths import ROOT
from notifications.templates import GATHERED

CONTRACTS: Final = ROOT / "contracts"
SERVED: Final = ROOT / "functions" / "platform_" / "openapi.json"
"""The copy that the platform's function shows on its page."""


def generated() -> dict[Path, str]:
    """Every generated file with the text it should have. Words and READMEs come first: routes take long to read."""
    gathered = text(messages.document())
    keys.check_readmes()
    models = Models.of([*openapi.wanted(), *asyncapi.wanted()])
    whole = text(openapi.document(models))
    documents: dict[Path, str] = {CONTRACTS / "openapi.json": whole, SERVED: whole, GATHERED: gathered}
    documents |= {WORDS: text(app_facts.words()), LIMITS: text(app_facts.limits().model_dump())}
    for service in services():
        name = service.strip("_")
        documents[CONTRACTS / "openapi" / f"{name}.json"] = text(openapi.service_document(service, models))
    documents[CONTRACTS / "partner-api.json"] = text(openapi.partner_document(models))
    documents[CONTRACTS / "asyncapi.json"] = text(asyncapi.document(models))
    documents[ROOT / "docs" / "examples" / "campaigns" / "schema.json"] = text(campaign_file.document())
    for name, content in {**event_files.files(), **payloads.files()}.items():
        documents[ROOT / "events" / name] = content if isinstance(content, str) else text(content)
    documents[ROOT / "docs" / "achievements.html"] = achievements_page.page()
    return documents | keys.readmes() | tour.readme()


def text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def drift() -> list[str]:
    """What is missing, different or left over, in words; nothing when the committed files are the generated ones."""
    wanted = generated()
    found = [
        f"{path.relative_to(ROOT)} {'differs' if path.exists() else 'is missing'}"
        for path, content in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    ]
    return sorted(found + [f"{path.relative_to(ROOT)} is left over" for path in _left_over(wanted)])


def write() -> list[Path]:
    """Makes the files what they should be; the paths that changed."""
    wanted = generated()
    left_over = _left_over(wanted)
    for path in left_over:
        path.unlink()
    changed = []
    for path, content in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return sorted([*changed, *left_over])


def _left_over(wanted: dict[Path, str]) -> list[Path]:
    present = [path for folder in (CONTRACTS, ROOT / "events") for path in folder.rglob("*.json")]
    return [path for path in present if path not in wanted]
