"""What a sweep removes, and what it must never touch: it runs where people's data are."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from stadion_cli.app import app
from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.preflight import service, sweep
from stadion_cli.preflight.run import Run
from stadion_cli.preflight.world import World
from tests.cli.preflight.accounts import GOOD
from tests.cli.preflight.recorded import Answers
from tests.cli.preflight.worlds import deployed

RUN = "pf00000000"
OURS = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"
THEIRS = "0193a1c0-7b1e-7c3a-9f57-ffffffffffff"


def user(sub: str, email: str) -> dict[str, Any]:
    given = [{"Name": "email", "Value": email}] + ([{"Name": "sub", "Value": sub}] if sub else [])
    return {"Username": sub or email, "Attributes": given}


def item(pk: str, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "X"}, "body": {"S": json.dumps(more)}}


def world(*users: dict[str, Any], items: Any = (), keys: Any = ()) -> tuple[World, list[Any]]:
    """And what was removed."""
    gone: list[Any] = []

    def note(params: Any) -> dict[str, Any]:
        gone.append(params)
        return {}

    answers: Answers = {
        "cognito-idp.list_users": {"Users": list(users)},
        "cognito-idp.admin_delete_user": note,
        "sqs.list_queues": {"QueueUrls": []},
        "events.list_rules": {"Rules": []},
        "apigateway.get_api_keys": {"items": []},
        "dynamodb.list_tables": {"TableNames": ["stadion-workouts"]},
        "dynamodb.describe_table": {"Table": {"TableSizeBytes": 1}},
        "dynamodb.scan": {"Items": list(items)},
        "dynamodb.delete_item": note,
        "s3.list_buckets": {"Buckets": [{"Name": "stadion-workouts-files"}]},
        "s3.list_object_versions": {"Versions": [{"Key": key, "VersionId": "1"} for key in keys]},
        "s3.delete_object": note,
    }
    return deployed({**GOOD, **answers}), gone


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "PAUSE_S", 0)
    monkeypatch.setattr(sweep, "ROUNDS", 1)
    monkeypatch.setattr(sweep, "_end_campaign", lambda _: 0)


@pytest.mark.parametrize(
    "wrong", ["", "pf", "a", "stadion", "*", "pf1a2b3c4", "pf1a2b3c4dd", "PF1A2B3C4D", "pf1a2b3c4d\n"]
)
def test_only_a_whole_id_of_a_run_is_swept(wrong: str) -> None:
    with pytest.raises(UsageError, match="no id of a run"):
        Run(wrong)


@pytest.mark.parametrize("wrong", ["", "pf", "workouts"])
def test_a_sweep_of_anything_else_asks_nobody(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there, gone = world()
    monkeypatch.setattr(service, "_world", lambda *_, **__: there)
    shown = CliRunner().invoke(app, ["preflight", "--sweep", wrong])
    assert isinstance(shown.exception, UsageError)
    assert gone == []


def test_what_names_the_run_or_its_athlete_goes() -> None:
    items = [item(f"USER#{OURS}"), item("OUTBOX#1", user_id=OURS), item(f"PROMO#{RUN}"), item(f"USER#{THEIRS}")]
    there, gone = world(
        user(OURS, f"me+{RUN}-anna@trail.run"), items=items, keys=[f"files/{OURS}/1", f"files/{THEIRS}/1"]
    )
    assert sweep.swept(there)["items and files"] == 4
    assert [one["Key"]["pk"]["S"] for one in gone if "TableName" in one] == [f"USER#{OURS}", "OUTBOX#1", f"PROMO#{RUN}"]
    assert [one["Key"] for one in gone if "Bucket" in one] == [f"files/{OURS}/1"]
    assert [one["Username"] for one in gone if "Username" in one] == [OURS]


def test_what_names_somebody_else_besides_is_theirs() -> None:
    items = [item(f"USER#{THEIRS}", followers=[OURS]), item("CAMPAIGN#spring", athletes=[OURS, THEIRS])]
    there, gone = world(user(OURS, f"me+{RUN}-anna@trail.run"), user(THEIRS, "bea@trail.run"), items=items)
    sweep.swept(there)
    assert [one for one in gone if "TableName" in one] == []


def test_an_athlete_without_an_id_names_nothing() -> None:
    there, gone = world(user("", f"me+{RUN}-anna@trail.run"), items=[item(f"USER#{THEIRS}")])
    sweep.swept(there)
    assert [one for one in gone if "TableName" in one] == []


def test_what_cannot_be_removed_keeps_nothing_else_and_its_athletes_are_still_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(_: World) -> int:
        raise ValueError("the API is down")

    monkeypatch.setattr(sweep, "_end_campaign", breaks)
    there, gone = world(user(OURS, f"me+{RUN}-anna@trail.run"), items=[item(f"USER#{OURS}")])
    with pytest.raises(CliError, match="the API is down"):
        sweep.swept(there)
    assert [list(one) for one in gone] == [["TableName", "Key"]]


@pytest.mark.parametrize("words", [["--after", "--yes"], ["--sweep", RUN], ["--only", "13", "--yes"]])
def test_test_data_go_into_no_other_account_than_was_named(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    there, gone = world(items=[item(f"PROMO#{RUN}")])
    there.wishes = service.Wishes(account="000000000000")
    monkeypatch.setattr(service, "_world", lambda *_, **__: there)
    shown = CliRunner().invoke(app, ["preflight", "--aws", *words])
    assert isinstance(shown.exception, UsageError), shown.output
    assert "not of 000000000000" in str(shown.exception)
    assert gone == []


@pytest.mark.parametrize("error", [ValueError("odd"), KeyboardInterrupt()])
def test_who_interrupts_a_sweep_hears_how_to_go_on(error: BaseException) -> None:
    def breaks(_: World) -> None:
        raise error

    there, _ = world()
    with pytest.raises(CliError) as told:
        service._sweep_or_tell(there, breaks)
    assert told.value.hint == f"stadion preflight --sweep {RUN} --aws"
