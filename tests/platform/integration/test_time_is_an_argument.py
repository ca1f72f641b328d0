"""Only the local stage lets an input say what time it is; everywhere else it is refused before anything is done."""

from typing import Any

import pytest
from pydantic import ValidationError

from stadion import settings
from stadion.as_of import NotOnThisStageError
from stadion.tasks import Round, TaskInput
from tests.kit.functions import handler_of
from tests.kit.services import Context, Service

NOON = "2026-11-28T12:00:00Z"
ROUNDS = (
    "notifications.send_due",
    "partners.finish_rotations",
    "partners.leave_due_webhooks",
    "promos.give_back_reservations",
    "telemetry.close_forgotten_sessions",
)
WORN = {
    "user_id": "u",
    "gear_id": "g",
    "category": "running_shoes",
    "name": "x",
    "threshold_percent": 80,
    "crossing": 1,
}
OPENING = {"campaign_id": "c", "run_id": "c-1", "begins_at": NOON, "execution": "arn"}
STEPS = {
    "promos.offer_replacement": {**WORN, "wait_scale": 0},
    "promos.open_campaign": {**OPENING, "given": {"wait_scale": 0}},
}


@pytest.fixture(params=["dev", "prod", "test"])
def elsewhere(request: pytest.FixtureRequest, moto: pytest.MonkeyPatch) -> Service:
    """A stage that is not the local one, with a table in which nothing must happen."""
    service = Service.create("promos", moto)
    moto.setenv("STADION_STAGE", request.param)
    settings.forget()
    return service


@pytest.fixture
def here(moto: pytest.MonkeyPatch) -> Service:
    service = Service.create("promos", moto)
    moto.setenv("STADION_STAGE", "local")
    settings.forget()
    return service


def handled(function: str, event: dict[str, Any]) -> Any:
    service, _, what = function.partition(".")
    return handler_of(service, what)(event, Context())


@pytest.mark.parametrize("function", ROUNDS)
def test_a_round_of_another_time_is_refused_elsewhere(elsewhere: Service, function: str) -> None:
    with pytest.raises(NotOnThisStageError):
        handled(function, {"as_of": NOON, "only": "somebody"})

    assert elsewhere.items() == []


@pytest.mark.parametrize("function", STEPS)
def test_a_hurried_execution_is_refused_elsewhere_by_its_first_step(elsewhere: Service, function: str) -> None:
    with pytest.raises(NotOnThisStageError):
        handled(function, STEPS[function])

    assert elsewhere.items() == []


def test_sessions_are_called_forgotten_early_on_the_local_stage_only(elsewhere: Service) -> None:
    with pytest.raises(NotOnThisStageError):
        handled("telemetry.close_forgotten_sessions", {"forgotten_after_s": 0, "only": "somebody"})


def test_early_and_for_everybody_is_refused_here_too(here: Service) -> None:
    with pytest.raises(ValidationError, match="whose sessions"):
        handled("telemetry.close_forgotten_sessions", {"forgotten_after_s": 0})


def test_work_of_another_time_is_refused_elsewhere(elsewhere: Service) -> None:
    from notifications.dispatch.work import Send

    work = Send(
        correlation_id="c", asked_at=NOON, as_of=NOON, user_id="u", notification_id="n", channel="push", send_id="s"
    )  # type: ignore[arg-type]
    with pytest.raises(NotOnThisStageError):
        _ = work.now


@pytest.mark.parametrize("asked", [{"as_of": NOON}, {"as_of": "2026-11-28T12:00:00", "only": "u"}, {"only": ""}])
def test_a_time_needs_a_zone_and_somebody_whose_it_is(here: Service, asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Round.model_validate(asked)


@pytest.mark.parametrize("scale", [-0.1, 1.1, "fast"])
def test_waits_become_shorter_and_nothing_else(here: Service, scale: Any) -> None:
    with pytest.raises(ValidationError):
        TaskInput.model_validate({"wait_scale": scale})


def test_a_function_without_a_stage_does_not_start(here: Service, moto: pytest.MonkeyPatch) -> None:
    moto.delenv("STADION_STAGE")
    settings.forget()

    with pytest.raises(settings.MissingSettingError, match="STADION_STAGE"):
        settings.settings()
