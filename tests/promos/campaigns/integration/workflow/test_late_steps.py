"""Steps that come too late or break off before their end: what was decided meanwhile stands."""

import json
from typing import Any

import boto3
import pytest

from promos.campaigns.experiment import service as experiment
from promos.campaigns.run import selection, store
from stadion.events.accounts import ConsentChanged, ConsentKind
from tests.promos.campaigns.integration.workflow.world import CAMPAIGN, NOW, Shop, arms, people, tell

pytestmark = pytest.mark.long


def withdraw(user_id: str) -> None:
    kind = ConsentKind.MARKETING_PUSH
    tell(user_id, ConsentChanged(kind=kind, granted=False, text_version="1", revision=2, changed_at=NOW))


def test_a_run_that_was_ended_while_it_was_judged_stays_ended(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    people(30)
    shop.plan(hold_out_percent=0, rollout={"test_percent": 50, "without_winner": "first"})
    shop.act("schedule")
    honest = experiment.total

    def meanwhile(parts: Any) -> Any:
        if shop.run()["looks"] == 1:
            shop.act("end")
        return honest(parts)

    monkeypatch.setattr(experiment, "total", meanwhile)
    shop.begin()
    shop.wait()

    run = shop.run()
    assert (run["state"], run["outcome"], run["reason"]) == ("ended", "stopped", "ended_by_hand")
    assert run["rollout"] is None
    assert shop.report()["decision"] is None


def test_a_last_batch_that_nobody_is_left_of_is_no_batch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file was written, the step broke off before the run said so, and its athletes withdrew their consent."""
    people(20)
    shop.plan()
    shop.act("schedule")
    honest, written = store.change_run, []

    def broken(*args: Any) -> Any:
        if len(written) == 2:
            last = [user_id for user_id, number in batch_of(shop).items() if number == 1]
            for user_id in last:
                withdraw(user_id)
            written.append(None)
            raise RuntimeError("broken off")
        return honest(*args)

    def write(run_id: str, number: int, members: Any) -> None:
        honest_write(run_id, number, members)
        written.append(number)

    honest_write = selection.batches.write
    monkeypatch.setattr(selection.batches, "write", write)
    monkeypatch.setattr(selection.store, "change_run", broken)
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"], shop.run()["failure"]

    run = shop.run()
    assert (run["outcome"], run["audience"]["batches"]) == ("completed", 1)
    assert sum(arm["athletes"] for arm in shop.report()["arms"]) == sum(run["audience"]["by_arm"].values())


def batch_of(shop: Shop) -> dict[str, int]:
    """Athlete -> batch."""
    client = boto3.client("s3")
    keys = sorted(one["Key"] for one in client.list_objects_v2(Bucket="stadion-campaigns")["Contents"])
    found = [json.loads(client.get_object(Bucket="stadion-campaigns", Key=key)["Body"].read()) for key in keys]
    return {user_id: number for number, members in enumerate(found) for user_id, _ in members}


def test_a_segment_stays_as_long_as_a_run_asks_for_it(shop: Shop) -> None:
    """The campaign's plan was changed while the run goes on, which keeps the plan that it began with."""
    people(30)
    shop.admin("PUT", "/promos/segments/english", {"rule": {"profile": {"languages": ["en"]}}})
    shop.plan(audience={"segment": "english"}, schedule={"cron": "0 10 * * mon"})
    shop.act("schedule")
    refused: list[int] = []

    def meanwhile(call: int) -> None:
        if call == 2:
            plan = shop.admin("GET", f"/campaigns/{CAMPAIGN}")["plan"]
            shop.admin("PUT", f"/campaigns/{CAMPAIGN}", plan | {"audience": None}, if_match="*")
            refused.append(shop.promos.sign("DELETE", "/v1/admin/promos/segments/english", if_match="*").status)

    shop.before["choose_athletes"] = meanwhile
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    assert refused == [409]
    assert len(arms(shop)) == 30
