"""A service words its own messages, and what is not in order is told in a line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.contracts import event_files, files, messages
from local.contracts.messages import UnclearMessagesError, gather
from local.contracts.services import FUNCTIONS
from notifications import templates
from stadion.events.notifications import NotificationRequested
from stadion.i18n import Language

ROUTES: Mapping[str, str] = {
    "routes/service.py": 'news = NotificationRequested(request_id="r", template="route_shared")\n',
    "routes/messages/messages.toml": '[route_shared]\nkind = "social"\nvalues = { name = "Lake", by = "foot" }\n',
    "routes/messages/en.toml": '[route_shared]\ntitle = "{name}"\nbody = "{by}"\n[values.by]\nfoot = "on foot"\n',
    "routes/messages/ru.toml": '[route_shared]\ntitle = "{name}"\nbody = "{by}"\n[values.by]\nfoot = "пешком"\n',
}
FACTS, EN, RU, CODE = "routes/messages/messages.toml", *list(ROUTES)[2:], "routes/service.py"


def written(functions: Path, changes: Mapping[str, str | None]) -> Path:
    for name, text in {**ROUTES, **changes}.items():
        if text is not None:
            path = functions / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return functions


def faults(functions: Path, changes: Mapping[str, str | None]) -> list[str]:
    with pytest.raises(UnclearMessagesError) as unclear:
        gather(written(functions, changes))
    return unclear.value.faults


def more(file: str, text: str) -> dict[str, str | None]:
    return {file: ROUTES[file] + text}


def instead(file: str, old: str, new: str) -> dict[str, str | None]:
    assert old in ROUTES[file]
    return {file: ROUTES[file].replace(old, new)}


def test_what_services_wrote_is_one_document(tmp_path: Path) -> None:
    gathered = gather(written(tmp_path, {}))

    assert gathered == {
        "route_shared": {
            "kind": "social",
            "words": {
                "en": {"title": "{name}", "body": "{by}", "values": {"by": {"foot": "on foot"}}},
                "ru": {"title": "{name}", "body": "{by}", "values": {"by": {"foot": "пешком"}}},
            },
        }
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({RU: None}, "functions/routes/messages/ru.toml is missing"),
        ({FACTS: None}, "functions/routes/messages/messages.toml is missing"),
        ({RU: "[values.by]\nfoot = 'пешком'"}, "functions/routes/messages/ru.toml does not word `route_shared`"),
        (
            instead(RU, "{by}", "пешком"),
            "functions/routes/messages/ru.toml: `route_shared` leaves out {by}",
        ),
        (
            instead(EN, "{name}", "{name} {nmae}"),
            "functions/routes/messages/en.toml: `route_shared` wants {nmae}, which is none of its values",
        ),
        (
            instead(EN, "{name}", "{name} {name.__class__}"),
            "functions/routes/messages/en.toml: `route_shared` wants {name.__class__}, which is none of its values",
        ),
        (
            instead(EN, "{name}", "{name}}"),
            "functions/routes/messages/en.toml: `route_shared` is no text with placeholders: "
            "Single '}' encountered in format string",
        ),
        (
            instead(EN, "{name}", "{name:duration}"),
            "functions/routes/messages/en.toml: `route_shared` cannot be said with its examples: "
            "TypeError: type str doesn't define __round__ method",
        ),
        (
            more(EN, 'wheel = "by bike"\n'),
            "functions/routes/messages/ru.toml: `route_shared` has no word for the by 'wheel'",
        ),
        (
            instead(FACTS, '"foot"', '"boat"'),
            "functions/routes/messages/en.toml: `route_shared` cannot be said with its examples: KeyError: 'boat'",
        ),
        (
            instead(FACTS, "by =", "name_ru ="),
            "functions/routes/messages/messages.toml: `route_shared` has a value name_ru; "
            "a text in each language is one value",
        ),
        (
            instead(FACTS, "social", "sociable"),
            "functions/routes/messages/messages.toml: route_shared.kind: Input should be "
            "'transactional', 'activity', 'gear', 'social' or 'marketing'",
        ),
        (
            instead(EN, "body", "boddy"),
            "functions/routes/messages/en.toml: route_shared.boddy: Extra inputs are not permitted",
        ),
        (
            more(EN, '[route_lost]\ntitle = "Lost"\nbody = "Lost"\n'),
            "functions/routes/messages/en.toml words `route_lost`, of which "
            "functions/routes/messages/messages.toml says nothing",
        ),
        ({"routes/messages/de.toml": ""}, "functions/routes/messages/de.toml is of no language of ours"),
        (
            {CODE: ""},
            "functions/routes/messages/messages.toml: nobody asks for `route_shared`, "
            'as TemplateName("route_shared"); `retired = true` while inboxes hold it',
        ),
        (
            more(FACTS, "retired = true\n"),
            "functions/routes/service.py:1 asks for `route_shared`, which functions/routes/messages/messages.toml "
            "calls retired",
        ),
        (
            more(CODE, 'LOST = TemplateName("route_lost")\n'),
            "functions/routes/service.py:2 asks for `route_lost`, of which "
            "functions/routes/messages/messages.toml says nothing",
        ),
        (
            {"trails/api.py": 'NotificationRequested(template="route_shared" if new == "x" else "trail_open")'},
            "functions/trails/api.py:1 asks for `trail_open`, of which "
            "functions/trails/messages/messages.toml says nothing",
        ),
        (
            {name.replace("routes/", "trails/"): text for name, text in ROUTES.items()},
            "`route_shared` is a message of routes and of trails",
        ),
    ],
)
def test_what_is_not_in_order_is_told_in_a_line(changes: Mapping[str, str | None], told: str, tmp_path: Path) -> None:
    found = faults(tmp_path, changes)

    assert told in found
    assert [fault for fault in found if "\n" in fault] == []


def test_toml_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {EN: "[route_shared\n"})

    assert fault.startswith("functions/routes/messages/en.toml is no TOML: ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    changes = {**instead(RU, "{by}", "пешком"), **instead(EN, "{by}", "on foot")}

    assert len(faults(tmp_path, changes)) == 2


def test_a_retired_message_is_gathered_for_the_inboxes_that_hold_it(tmp_path: Path) -> None:
    assert "route_shared" in gather(written(tmp_path, {CODE: "", **more(FACTS, "retired = true\n")}))


def test_the_check_of_the_contracts_tells_the_faults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(messages, "FUNCTIONS", written(tmp_path, {RU: None}))

    assert files.drift() == ["functions/routes/messages/ru.toml is missing"]


def test_what_the_function_reads_is_what_services_wrote() -> None:
    """So to the byte: `test_events` compares all the committed contracts."""
    assert templates.GATHERED.read_text(encoding="utf-8") == files.text(messages.document())


def test_every_message_is_worded_by_who_asks_for_it() -> None:
    owners = {path.parent.parent.name for path in FUNCTIONS.glob("*/messages/messages.toml")}
    askers = {folder.name for folder in FUNCTIONS.iterdir() if folder.is_dir() and any(messages.asked_for(folder))}

    assert owners == askers
    assert len(owners) > 3


def test_the_sample_of_a_request_has_what_its_message_tells() -> None:
    data: Any = event_files.sample(NotificationRequested)["detail"]["data"]

    assert templates.words(data["template"], data["values"], Language.RU)[0] == "Kiprun KD900: износ 80 %"
