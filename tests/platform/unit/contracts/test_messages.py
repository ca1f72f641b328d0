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
from stadion.units import KnownReader

ROUTES: Mapping[str, str] = {
    "routes/service.py": 'news = NotificationRequested(request_id="r", template="route_shared")\n',
    "routes/messages/messages.toml": '[route_shared]\nkind = "social"\nvalues = { name = "Lake", by = "foot" }\n',
    "routes/messages/en.toml": '[route_shared]\ntitle = "{name}"\nbody = "{by}"\n[values.by]\nfoot = "on foot"\n',
    "routes/messages/ru.toml": '[route_shared]\ntitle = "{name}"\nbody = "{by}"\n[values.by]\nfoot = "пешком"\n',
}
FACTS, EN, RU, CODE = "routes/messages/messages.toml", *list(ROUTES)[2:], "routes/service.py"

KNOWN_FORMATS = "celsius, duration, kg, km, kmh, m, mps, pace"


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
            instead(EN, "{name}", "{name!r}"),
            "functions/routes/messages/en.toml: `route_shared` is no text with placeholders: "
            "{name!r} is not {name}, alone or after a colon with one of " + KNOWN_FORMATS,
        ),
        (
            instead(EN, "{name}", "{name:>999999999}"),
            "functions/routes/messages/en.toml: `route_shared` is no text with placeholders: "
            "{name:>999999999} is not {name}, alone or after a colon with one of " + KNOWN_FORMATS,
        ),
        (
            instead(EN, "{name}", "{name:{by}}"),
            "functions/routes/messages/en.toml: `route_shared` is no text with placeholders: "
            "{name:{by}} is not {name}, alone or after a colon with one of " + KNOWN_FORMATS,
        ),
        (
            {**instead(EN, "{name}", "{name:duration}"), **instead(FACTS, '"Lake"', "inf")},
            "functions/routes/messages/en.toml: `route_shared` cannot be said with its examples: "
            "OverflowError: cannot convert float infinity to integer",
        ),
        (
            more(EN, '[values.bye]\nfoot = "on foot"\n'),
            "functions/routes/messages/en.toml says how {bye} is told, which is a value of no message",
        ),
        (
            more(CODE, 'notifications.NotificationRequested(request_id="r", template="route_lost")\n'),
            "functions/routes/service.py:2 asks for `route_lost`, of which "
            "functions/routes/messages/messages.toml says nothing",
        ),
        (
            more(CODE, 'from stadion.events.notifications import TemplateName as Name\nLOST = Name("route_lost")\n'),
            "functions/routes/service.py:3 asks for `route_lost`, of which "
            "functions/routes/messages/messages.toml says nothing",
        ),
        *(
            (
                more(CODE, f"{call}\n"),
                "functions/routes/service.py:2 asks for a message of which nobody can read the name: "
                'say TemplateName("…") where it is chosen',
            )
            for call in (
                'NotificationRequested(template=f"route_{what}")',
                'NotificationRequested(template={"a": "route_lost"}[what])',
                'NotificationRequested(**{"template": "route_lost"})',
                'NotificationRequested("r", "route_lost")',
                "TemplateName()",
                "TemplateName(what)",
            )
        ),
        (
            {"routes/sharing/messages/messages.toml": ROUTES[FACTS]},
            "functions/routes/sharing/messages/messages.toml is read by nobody: "
            "words lie in functions/routes/messages/",
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


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    written(tmp_path, {})
    (tmp_path / RU).write_bytes(ROUTES[RU].encode("cp1251"))

    with pytest.raises(UnclearMessagesError, match=r"messages/ru\.toml is no TOML: 'utf-8' codec can't decode"):
        gather(tmp_path)


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / EN).mkdir(parents=True)

    assert "functions/routes/messages/en.toml is no file: Is a directory" in faults(tmp_path, {EN: None})


def test_what_editors_leave_changes_nothing(tmp_path: Path) -> None:
    """A byte order mark, ends of lines as on Windows, a lock beside the file that is open."""
    plain = gather(written(tmp_path, {}))
    (tmp_path / EN).write_bytes(b"\xef\xbb\xbf" + ROUTES[EN].replace("\n", "\r\n").encode())
    (tmp_path / "routes" / "messages" / ".#en.toml").symlink_to("somebody@somewhere.4711")
    (tmp_path / "routes" / ".#service.py").symlink_to("somebody@somewhere.4711")

    assert gather(tmp_path) == plain


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    changes = {**instead(RU, "{by}", "пешком"), **instead(EN, "{by}", "on foot")}

    assert len(faults(tmp_path, changes)) == 2


def test_a_retired_message_is_gathered_for_the_inboxes_that_hold_it(tmp_path: Path) -> None:
    assert "route_shared" in gather(written(tmp_path, {CODE: "", **more(FACTS, "retired = true\n")}))


def test_the_check_of_the_contracts_tells_the_faults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(messages, "FUNCTIONS", written(tmp_path, {RU: None}))

    with pytest.raises(UnclearMessagesError, match=r"functions/routes/messages/ru\.toml is missing"):
        files.drift()


def test_words_are_checked_before_routes_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Routes take some twenty seconds to read."""
    monkeypatch.setattr(messages, "FUNCTIONS", written(tmp_path, {RU: None}))
    monkeypatch.setattr(files, "Models", None)

    with pytest.raises(UnclearMessagesError):
        files.generated()


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

    assert templates.words(data["template"], data["values"], KnownReader(Language.RU))[0] == "Kiprun KD900: износ 80 %"
