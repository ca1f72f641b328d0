"""Which checks are chosen, how they are judged together, and what is said before anything costs."""

import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from infra_cdk.environments import ROOT
from stadion_cli.app import app
from stadion_cli.base.errors import UsageError
from stadion_cli.preflight import service
from stadion_cli.preflight.checks import (
    Check,
    Result,
    Status,
    explained,
    failed,
    made,
    passed,
    skipped,
    unknown,
    warned,
)
from stadion_cli.preflight.mailbox import Imap, Typed, mailbox_of
from stadion_cli.preflight.run import Run
from tests.cli.preflight.accounts import GOOD
from tests.cli.preflight.worlds import world_of

ALL = service._all_checks()
PREFLIGHT = Path(service.__file__).parent
OF_HOW_TO = re.compile(r"\{HOW_TO\}#([a-z-]+)")


def numbers(**chosen: Any) -> list[int]:
    asked = {"before": False, "after": False, "only": None, "skip": None} | chosen
    return [check.number for check in service._chosen(**asked)]


def test_there_are_25_in_their_order_each_with_a_name_of_its_own() -> None:
    assert [check.number for check in ALL] == list(range(1, 26))
    assert len({check.name for check in ALL}) == 25
    assert all(check.looks for check in ALL)


def test_they_are_chosen_by_number_name_and_half() -> None:
    assert numbers(before=True) == list(range(1, 12))
    assert numbers(after=True) == list(range(12, 26))
    assert numbers(only="3, mail") == [3, 9]
    assert numbers(before=True, skip="6,rights") == [1, 2, 3, 4, 5, 7, 9, 10, 11]


@pytest.mark.parametrize("wrong", [{"only": "26"}, {"skip": "nonsense"}, {"before": True, "after": True}])
def test_a_wrong_choice_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        numbers(**wrong)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([passed("x")], Status.PASSED),
        ([passed("x"), skipped("y")], Status.PARTLY),
        ([skipped("y")], Status.SKIPPED),
        ([passed("x"), warned("y", "z"), skipped("a")], Status.WARNED),
        ([passed("x"), unknown("y", "z"), warned("y", "z")], Status.UNKNOWN),
        ([unknown("y", "z"), failed("y", "z"), passed("x")], Status.FAILED),
        ([], Status.UNKNOWN),
    ],
)
def test_the_worst_finding_decides_and_what_was_not_looked_at_is_never_green(
    findings: list[Any], expected: Status
) -> None:
    assert Result(ALL[0], tuple(findings)).status is expected


@pytest.mark.parametrize(
    ("statuses", "code"), [([passed], 0), ([warned], 0), ([skipped], 0), ([unknown], 2), ([unknown, failed], 1)]
)
def test_the_exit_code_says_which_of_three(statuses: list[Any], code: int) -> None:
    made_ = [Result(ALL[0], (make("x") if make in {passed, skipped} else make("x", "y"),)) for make in statuses]
    assert service._exit_code(made_) == code


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListX"), Status.UNKNOWN),
        (ClientError({"Error": {"Code": "InvalidAction", "Message": "no"}}, "ListX"), Status.SKIPPED),
        (ClientError({"Error": {"Code": "Throttling", "Message": "no"}}, "ListX"), Status.FAILED),
        (EndpointConnectionError(endpoint_url="https://scheduler.nowhere"), Status.SKIPPED),
        (ValueError("odd"), Status.FAILED),
    ],
)
def test_an_error_is_a_finding_with_a_way_out(error: Exception, status: Status) -> None:
    found = explained(error)
    assert found.status is status
    assert found.remedy or status is Status.SKIPPED


def test_one_look_that_breaks_keeps_no_other_from_looking() -> None:
    def breaks(_: Any) -> Any:
        yield passed("first")
        raise ValueError("odd")

    result = made(Check(0, "x", "X", (breaks, lambda _: iter([passed("second")]))), world_of(GOOD))
    assert [finding.words for finding in result.findings] == ["first", "it went wrong: odd", "second"]


def test_nothing_that_costs_is_done_without_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(service, "confirm", lambda question, yes: asked.append(question) or yes)
    assert service._agreed([check for check in ALL if check.number in {3, 4}], yes=False)
    assert not asked
    assert not service._agreed([check for check in ALL if check.number == 16], yes=False)
    assert service._agreed([check for check in ALL if check.number == 11], yes=True)
    assert "test data" in asked[0]
    assert "$0.01" in asked[1]


@pytest.mark.parametrize(
    "words", [["--aws", "--port", "4566"], ["--aws", "--stage", "local"], ["--stage", "staging"], ["--only", "99"]]
)
def test_a_wrong_question_is_exit_code_2(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STADION_ENV", raising=False)
    shown = CliRunner().invoke(app, ["preflight", *words])
    assert isinstance(shown.exception, UsageError)


def test_an_address_of_a_run_bears_its_id() -> None:
    run = Run("pf1a2b3c4d")
    assert run.address("me@trail.run", "anna") == "me+pf1a2b3c4d-anna@trail.run"
    assert run.address("me+tag@trail.run", "anna") == "me+pf1a2b3c4d-anna@trail.run"
    assert Run.new() != Run.new()


def test_a_mailbox_is_read_by_imap_or_by_whoever_types() -> None:
    assert mailbox_of(None, "me@trail.run", None) == Typed("me@trail.run")
    imap = mailbox_of(None, None, "imaps://me%40trail.run:secret@imap.trail.run")
    assert (type(imap), imap.address) == (Imap, "me@trail.run")
    with pytest.raises(UsageError, match="mailbox"):
        mailbox_of(None, None, None)


@pytest.mark.parametrize(
    "url",
    [
        "imaps://me@trail.run:herring/99@imap.trail.run",
        "imaps://me:herring#1@imap.trail.run",
        "imaps://me:herring[@imap.trail.run",
        "imap://me:herring@imap.trail.run",
        "imaps://imap.trail.run",
        "herring",
    ],
)
def test_a_mailbox_that_is_written_wrong_is_refused_and_its_password_said_to_nobody(url: str) -> None:
    with pytest.raises(UsageError) as told:
        mailbox_of(None, None, url)
    assert "herring" not in f"{told.value} {told.value.hint}"


def test_a_mailbox_does_not_show_its_password() -> None:
    assert "herring" not in repr(mailbox_of(None, None, "imaps://me%40trail.run:herring@imap.trail.run"))


PLACE = re.compile(r"docs/(how-to/first-day-on-aws|runbook)\.md#([a-z-]+)")


def test_every_place_that_a_remedy_names_is_there() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PREFLIGHT.rglob("*.py")]
    named = {found for source in sources for found in PLACE.findall(source)}
    how_to = (ROOT / "docs/how-to/first-day-on-aws.md").read_text(encoding="utf-8")
    named |= {("how-to/first-day-on-aws", found) for source in sources for found in OF_HOW_TO.findall(source)}
    assert len(named) > 5
    for page, anchor in named:
        text = how_to if page.startswith("how-to") else (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
        headings = {line.strip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
        assert anchor in headings, (page, anchor)
