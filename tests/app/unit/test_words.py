"""Every code has a word in every language, and limits are those that refuse."""

from pathlib import Path

import pytest

from app import facts
from local.contracts import app_facts
from local.contracts.app_facts import UnclearWordsError
from stadion.i18n import Language


def test_what_is_served_is_what_the_services_say() -> None:
    assert facts.words()[1].words == app_facts.words()
    assert facts.limits() == app_facts.limits()


def test_every_code_has_a_word_in_every_language() -> None:
    for kind, said in app_facts.words().items():
        for code, words in said.items():
            assert words.keys() == {one.value for one in Language}, (kind, code)
            assert all(word == word.strip() != "" for word in words.values()), (kind, code)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[marks]\nrace = "Race"\n', "marks: long has no word"),
        ('[marks]\nrace = "Race"\nsprint = "Sprint"\n', "marks: sprint is no code"),
        ('[colours]\nred = "Red"\n', "colours: is no kind of code that is known"),
    ],
)
def test_a_code_without_a_word_and_a_word_without_a_code_are_faults(tmp_path: Path, text: str, fault: str) -> None:
    folder = tmp_path / "workouts" / "words"
    folder.mkdir(parents=True)
    for language in Language:
        (folder / f"{language.value}.toml").write_text(text, encoding="utf-8")

    with pytest.raises(UnclearWordsError, match=fault):
        app_facts.words(tmp_path)
