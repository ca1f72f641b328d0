"""The rules of the house over every state machine: what fails is tried again, and then seen."""

import json
from typing import Any

import pytest

from local.paths import ROOT

FILES = sorted((ROOT / "statemachines").glob("*.asl.json"))
MAX_S = 240


def machines(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """The machine, and those of its maps."""
    maps = [state["ItemProcessor"] for state in definition["States"].values() if state["Type"] == "Map"]
    return [definition, *maps]


def tasks(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return [state for one in machines(definition) for state in one["States"].values() if state["Type"] == "Task"]


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def definition(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text())
    return found


def test_every_task_has_a_timeout_and_retries_with_jitter(definition: dict[str, Any]) -> None:
    assert tasks(definition)
    for state in tasks(definition):
        assert state["TimeoutSeconds"] <= MAX_S
        *never, always = state["Retry"]  # what no repetition mends is named, and not repeated
        assert (always["ErrorEquals"], always["JitterStrategy"]) == (["States.ALL"], "FULL")
        assert always["MaxAttempts"] >= 3
        assert all(retry["MaxAttempts"] == 0 for retry in never)


def test_what_a_task_or_a_map_throws_ends_as_a_failure(definition: dict[str, Any]) -> None:
    for one in machines(definition):
        for state in one["States"].values():
            if state["Type"] in {"Task", "Map"}:
                *named, last = state["Catch"]
                assert last["ErrorEquals"] == ["States.ALL"]
                assert all(ends_in_failure(one["States"], catch["Next"]) for catch in (*named, last))


def ends_in_failure(states: dict[str, Any], name: str) -> bool:
    """At once, or after a step that notes it."""
    state = states[name]
    return state["Type"] == "Fail" or (state["Type"] == "Task" and states[state["Next"]]["Type"] == "Fail")


def test_every_state_can_be_reached(definition: dict[str, Any]) -> None:
    for one in machines(definition):
        seen, ahead = set(), [one["StartAt"]]
        while ahead:
            name = ahead.pop()
            seen.add(name)
            state = one["States"][name]
            targets = [state.get("Next"), state.get("Default")]
            targets += [way["Next"] for way in [*state.get("Choices", []), *state.get("Catch", [])]]
            ahead += [target for target in targets if target and target not in seen]
        assert seen == set(one["States"])


def test_maps_are_distributed_over_batches_that_are_ready(definition: dict[str, Any]) -> None:
    for state in definition["States"].values():
        if state["Type"] == "Map":
            assert state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
            assert "ItemBatcher" not in state  # the emulator ignores it
