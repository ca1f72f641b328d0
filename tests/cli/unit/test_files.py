"""Files that people write for commands: what is written is what is meant, and what is wrong is told with its line."""

from pathlib import Path
from typing import Any

import pytest

from stadion_cli.base import files
from stadion_cli.base.errors import UsageError


def read(tmp_path: Path, text: str | bytes, name: str = "a.yaml") -> dict[str, Any]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return files.read(path)


WORDS = "Off off on NO no Yes y N = 1_000 0x1f 0123 1:30.5 .inf .nan +7 2026-12-01 22:00 2026-12-01T10:00"
TEN_TIMES = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_stays_a_word(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f"a: {word}\nb: [{word}]") == {"a": word, "b": [word]}


def test_keys_are_words_too(tmp_path: Path) -> None:
    assert read(tmp_path, "on: 1\nno: 2\n") == {"on": 1, "no": 2}


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("true", True), ("False", False), ("~", None), ("null", None), ("", None),
        ("0", 0), ("-12", -12), ("0.5", 0.5), ("1e3", 1000.0),
    ],
)  # fmt: skip
def test_the_core_schema_of_yaml_1_2_is_kept(tmp_path: Path, word: str, means: object) -> None:
    assert read(tmp_path, f"a: {word}") == {"a": means}


@pytest.mark.parametrize(
    ("name", "text", "line", "key"),
    [
        ("a.yaml", "a: 1\nlimits: {x: 1}\nlimits: {y: 2}\n", 3, "limits"),
        ("a.yaml", "a:\n  - b: 1\n    c: 2\n    b: 3\n", 4, "b"),
        ("a.json", '{"a": 1,\n "limits": {"a": 1},\n "limits": {"a": 2}}', 3, "limits"),
        ("a.json", '{"b": {"a": 1}, "c": "{\\"a\\":",\n "d": [{"a": {}, \n "x\\"y": 2,\n "a": 1}]}', 4, "a"),
        ("a.json", '{"a": 1,\n "\\u0061": 2}', 2, "a"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str, line: int, key: str
) -> None:
    with pytest.raises(UsageError, match=rf"{name}, line {line}: {key} stands there for the second time"):
        read(tmp_path, text, name)


def test_the_same_key_in_two_objects_is_no_repetition(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": {"x": 1}, "b": {"x": 1}}', "a.json") == {"a": {"x": 1}, "b": {"x": 1}}
    assert read(tmp_path, "a: {x: 1}\nb: {x: 1}") == {"a": {"x": 1}, "b": {"x": 1}}


def test_what_an_anchor_names_is_merged_and_overridden(tmp_path: Path) -> None:
    text = "base: &base {x: 1, y: 2}\none: {<<: *base, y: 3}\ntwo: *base\n"
    assert read(tmp_path, text)["one"] == {"x": 1, "y": 3}
    assert read(tmp_path, text)["two"] == {"x": 1, "y": 2}
    text += "three: &three {<<: *base, y: 4}\nfour: {<<: *three, x: 5}\n"
    assert read(tmp_path, text)["four"] == {"x": 5, "y": 4}


@pytest.mark.parametrize("text", ["a0: &a0 [x]\n" + TEN_TIMES, "a: &a [*a]", "a: &a {b: *a}"])
def test_aliases_that_grow_beyond_reason_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="alias"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "a: 1\nb: [1\n", "line 3"),
        ("a.yaml", "a: 1\n\tb: 2\n", "line 2"),
        ("a.yaml", "a: 1\n---\nb: 2\n", "line 2"),
        ("a.yaml", "a: !!timestamp 2026-12-01\n", "JSON"),
        ("a.json", '{"a":\n 1,}', "line 2"),
        ("a.json", '{"a": NaN}', "NaN"),
        ("a.json", '{"a": 1e999}', "JSON"),
        ("a.yaml", "a: 1".encode("utf-16"), "UTF-8"),
        ("a.yaml", "a: зима".encode("cp1251"), "UTF-8"),
        ("a.yaml", "", "object"),
    ],
)
def test_what_cannot_be_read_is_told_with_file_and_line(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        read(tmp_path, text, name)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: 1\n\tb: 2\n", "spaces, no tabs"),
        ("a:\u00a0b\nc: d\n", "no-break space"),
        ("name: Spring: the sale\n", "in quotes"),
        ("cron: * * * * *\n", "in quotes"),
        ("codes: {pattern: SPR-{4}-{4}}\n", "in quotes"),
        ("a: 1\n---\nb: 2\n", "a file for each"),
    ],
)
def test_what_people_write_and_yaml_reads_otherwise_says_how_to_write_it(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    assert hint in refused.value.hint


def test_what_is_nested_too_deeply_is_told_without_the_words_of_a_machine(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        read(tmp_path, "[" * 5000 + "]" * 5000)


def test_a_number_for_a_name_is_told_with_its_quotes() -> None:
    assert files.word("2027", "name") == "2027"
    with pytest.raises(UsageError, match="name is no text: 2027") as refused:
        files.word(2027, "name")
    assert refused.value.hint == 'in quotes: name: "2027"'


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + b'{"a": 1}', "a.json") == {"a": 1}
    assert read(tmp_path, b"\xef\xbb\xbf" + b"a: 1") == {"a": 1}
