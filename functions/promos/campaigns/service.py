"""Use cases of those who make campaigns."""

from datetime import datetime, timedelta

from promos import segment_store
from promos import store as promo_store
from promos.campaigns import lifecycle, report, store, timer
from promos.campaigns.audience import Question, look
from promos.campaigns.domain import TRANSITIONS, Campaign, CampaignAction, Outcome, Phase, Run
from promos.campaigns.errors import CampaignStatusError, NothingAheadError
from promos.campaigns.plan import Plan
from promos.campaigns.schedule import next_instant, run_id_of
from promos.campaigns.schemas import (
    AudienceResponse,
    CampaignResponse,
    FailureResponse,
    MarketingResponse,
    PreviewPage,
    ReportResponse,
    RunResponse,
)
from promos.domain import PromoStatus, Switch
from promos.promo_service import refuse_problems
from promos.schemas import RuleProblem, Validity
from promos.targeting import Problem, problems_of
from stadion import pagination
from stadion.i18n import Language, Text

NO_PROMO = Text(en="There is no promo {promo_id}.", ru="Нет промо {promo_id}.")
PROMO_ENDS = Text(
    en="The promo {promo_id} is {status}: nobody could get it.", ru="Промо {promo_id} — {status}: его никто не получит."
)
OTHER_CURRENCY = Text(en="The promo {promo_id} is in {currency}.", ru="Промо {promo_id} — в {currency}.")
NOT_AHEAD = Text(en="The schedule has no moment ahead of now.", ru="В расписании нет моментов в будущем.")
TOO_OFTEN = Text(
    en="It would begin again after {hours} h, before the run before it has ended ({longest} h).",
    ru="Кампания начнётся снова через {hours} ч, до конца прежнего запуска ({longest} ч).",
)


def put(campaign_id: str, plan: Plan, old: Campaign | None, now: datetime) -> CampaignResponse:
    """A run that goes on keeps the plan it began with; of a scheduled campaign the next run moves to the new hour."""
    refuse_problems(_problems(plan, now, is_live=old is not None and old.switch is Switch.ON))
    if old is None:
        new = Campaign(campaign_id=campaign_id, plan=plan, created_at=now, updated_at=now)
        store.put(None, new)
        return representation(new)
    if old.switch is Switch.ENDED:
        raise CampaignStatusError(status=old.status.value, action="change")
    new = old.changed(now, plan=plan)
    if old.switch is Switch.ON:
        new = _rescheduled(old, new, now)
    store.put(old, new)
    return representation(new)


def switch(old: Campaign, action: CampaignAction, now: datetime) -> CampaignResponse:
    """A second time the same action changes nothing."""
    allowed, decided = TRANSITIONS[action]
    if old.switch not in allowed:
        raise CampaignStatusError(status=old.status.value, action=action.value)
    return representation({
        CampaignAction.SCHEDULE: _schedule,
        CampaignAction.RESUME: _resume,
        CampaignAction.PAUSE: _pause,
        CampaignAction.END: _end,
    }[action](old, decided, now))  # fmt: skip


def _schedule(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    if old.switch is Switch.ON:
        return old
    refuse_problems(_problems(old.plan, now, is_live=True))
    new = _rescheduled(old, old.changed(now, switch=decided, paused_by=None), now)
    if new.next_at is None:
        raise NothingAheadError
    store.put(old, new)
    return new


def _resume(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    """The schedule goes on, and so does a run that was stopped in the middle, from where it stands.

    One that should have begun, and did not, begins.
    """
    new = old
    if old.switch is not Switch.ON:
        new = _rescheduled(old, old.changed(now, switch=decided, paused_by=None), now)
        if new.next_at is None and new.run_id is None:
            raise NothingAheadError
        store.put(old, new)
    if new.run_id is not None:
        run = store.get_run(new.campaign_id, new.run_id)
        if not timer.is_running(run.execution):
            timer.begin_now(new.campaign_id, run.run_id, run.begins_at)
    elif new.next_at is not None and new.next_at <= now:
        timer.begin_now(new.campaign_id, run_id_of(new.campaign_id, new.next_at), new.next_at)
    return new


def _pause(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    """Nothing begins; a run under way stops after the batch it is at, and waits for `resume`."""
    if old.switch is decided:
        return old
    new = old.changed(now, switch=decided, next_at=None)
    store.put(old, new)
    _forget_next(old)
    return new


def _end(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    """For good. A run under way ends as it stands; what athletes hold stays theirs."""
    new = old
    if old.switch is not decided:
        new = old.changed(now, switch=decided, next_at=None)
        store.put(old, new)
        _forget_next(old)
    if new.run_id is not None:
        run = store.get_run(new.campaign_id, new.run_id)
        if timer.is_running(run.execution):
            timer.stop(run.execution, "ended by hand")
        lifecycle.end_run(new.campaign_id, run.run_id, now, outcome=Outcome.STOPPED, reason="ended_by_hand")
        new = store.get(new.campaign_id)
    return new


def _rescheduled(old: Campaign, new: Campaign, now: datetime) -> Campaign:
    """The timer is told before the campaign says so: a timer too many begins nothing."""
    following = lifecycle.schedule_next(new, now)
    if old.next_at is not None and old.next_at != following:
        _forget_next(old)
    return new.model_copy(update={"next_at": following})


def _forget_next(campaign: Campaign) -> None:
    if campaign.next_at is not None:
        timer.forget(run_id_of(campaign.campaign_id, campaign.next_at))


def remove(campaign: Campaign) -> None:
    if campaign.switch is not Switch.DRAFT:
        raise CampaignStatusError(status=campaign.status.value, action="delete")
    store.remove(campaign)


# --- is it a good plan? ---------------------------------------------------------------------------------------------


def validate(plan: Plan, language: Language, now: datetime) -> Validity:
    """Everything that scheduling it would refuse, all at once."""
    found = [
        RuleProblem(pointer=problem.pointer, code=problem.code, detail=problem.text.say(language))
        for problem in _problems(plan, now, is_live=True)
    ]
    return Validity(is_valid=not found, problems=found)


def _problems(plan: Plan, now: datetime, *, is_live: bool) -> list[Problem]:
    """A draft may name what is not ready yet, a campaign that is to begin may not."""
    rules = segment_store.rules()
    found = problems_of(plan.audience, rules, pointer="#/audience") if plan.audience is not None else []
    begins = next_instant(plan.schedule, plan.time_zone, now)
    promos = promo_store.promos_by_id(variant.promo_id for variant in plan.variants)
    for number, variant in enumerate(plan.variants):
        pointer = f"#/variants/{number}/promo_id"
        promo = promos.get(variant.promo_id)
        if promo is None:
            found.append(_problem(pointer, "unknown_promo", NO_PROMO, promo_id=variant.promo_id))
            continue
        if promo.currency not in {None, plan.currency}:
            said = {"promo_id": promo.promo_id, "currency": promo.currency}
            found.append(_problem(pointer, "other_currency", OTHER_CURRENCY, **said))
        status = promo.status(begins or now)
        if is_live and status is not PromoStatus.ACTIVE:
            said = {"promo_id": promo.promo_id, "status": status.value}
            found.append(_problem(pointer, "promo_not_active_then", PROMO_ENDS, **said))
    if is_live and begins is None:
        found.append(Problem("#/schedule", "nothing_ahead", NOT_AHEAD))
    return found + _overlaps(plan, begins)


def _overlaps(plan: Plan, begins: datetime | None) -> list[Problem]:
    again = next_instant(plan.schedule, plan.time_zone, begins) if begins and plan.schedule.cron else None
    if begins is None or again is None:
        return []
    hours = plan.experiment.for_hours + (plan.rollout.close_after_hours if plan.rollout.test_percent < 100 else 0)
    if again - begins >= timedelta(hours=hours):
        return []
    apart = round((again - begins) / timedelta(hours=1), 1)
    return [_problem("#/schedule/cron", "begins_too_often", TOO_OFTEN, hours=apart, longest=hours)]


def _problem(pointer: str, code: str, text: Text, **values: object) -> Problem:
    said = Text(en=text.en.format(**values), ru=text.ru.format(**values))
    return Problem(pointer, code, said)


# --- looking --------------------------------------------------------------------------------------------------------


def page(*, limit: int, cursor: str | None) -> pagination.Page[CampaignResponse]:
    return store.page(limit=limit, cursor=cursor).of(representation)


def preview(campaign: Campaign, *, limit: int, cursor: str | None, now: datetime) -> PreviewPage:
    """As things will stand when the next run begins: a promo may begin with its campaign."""
    question = Question.of(campaign.campaign_id, campaign.plan)
    begins = next_instant(campaign.plan.schedule, campaign.plan.time_zone, now) or now
    found = look(question, cursor=cursor, now=begins, offers_left=None, page=limit)
    return PreviewPage(
        looked_at=found.looked_at, by_arm=found.by_arm, left_out=dict(found.left_out), next_cursor=found.cursor
    )


def runs(campaign: Campaign) -> list[RunResponse]:
    """Newest first."""
    return [_run(run) for run in reversed(store.runs(campaign.campaign_id))]


def show_run(campaign: Campaign, run_id: str) -> RunResponse:
    run = store.get_run(campaign.campaign_id, run_id)
    sent = [len(store.sent_batches(run_id, phase)) for phase in Phase]
    is_running = not run.is_over and timer.is_running(run.execution)
    return _run(run).model_copy(update={"is_running": is_running, "batches_sent": sum(sent)})


def show_report(campaign: Campaign, run_id: str) -> ReportResponse:
    return report.report(store.get_run(campaign.campaign_id, run_id))


def show_marketing(campaign: Campaign) -> MarketingResponse:
    return report.marketing(campaign, store.runs(campaign.campaign_id))


def representation(campaign: Campaign) -> CampaignResponse:
    return CampaignResponse(
        **campaign.model_dump(include=set(CampaignResponse.model_fields) - {"plan", "status"}),
        plan=campaign.plan,
        status=campaign.status,
    )


def _run(run: Run) -> RunResponse:
    fields = set(RunResponse.model_fields) & set(Run.model_fields) - {"failure"}
    return RunResponse(
        **run.model_dump(include=fields),
        audience=AudienceResponse(**run.chosen.model_dump(exclude={"cursor"})),
        next_look_at=run.next_look_at if not run.is_over and run.outcome is None else None,
        failure=FailureResponse(**run.failure.model_dump()) if run.failure else None,
    )
