"""Use cases of those who make campaigns."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from promos.athletes import segment_store
from promos.athletes.segment_store import Asked
from promos.campaigns import report_service as report
from promos.campaigns.errors import (
    CampaignHasEndedError,
    CampaignIdReservedError,
    CampaignStatusError,
    NothingAheadError,
)
from promos.campaigns.plan.domain import next_instant, run_id_of
from promos.campaigns.plan.service import problems_of
from promos.campaigns.plan.texts import Sms, sms_of
from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.run import service as lifecycle
from promos.campaigns.run import store, timer
from promos.campaigns.run.audience import Question, Selection, look
from promos.campaigns.run.domain import TRANSITIONS, Campaign, CampaignAction, Phase, Run, RunOutcome, RunProgress
from promos.offers.domain import Switch
from promos.offers.promo_service import refuse_problems
from promos.targeting import Problem, asked_segments
from stadion.records import Stored

RESERVED = {"cohorts", "validate"}
"""Addresses beside those of campaigns."""


def put(campaign_id: str, plan: CampaignPlan, old: Campaign | None, now: datetime) -> Campaign:
    """A run that goes on keeps the plan it began with; of a scheduled campaign the next run moves to the new hour."""
    if campaign_id in RESERVED:
        raise CampaignIdReservedError
    asked = _asked(plan)
    refuse_problems(problems_of(plan, now, is_live=old is not None and old.switch is Switch.ON))
    if old is None:
        new = Campaign(campaign_id=campaign_id, plan=plan, created_at=now, updated_at=now)
        store.put(None, new, now, asked=asked)
        return new
    if old.switch is Switch.ENDED:
        _refuse_with_runs(old)
        new = old.changed(now, plan=plan, switch=Switch.DRAFT, paused_by=None)
    else:
        new = old.changed(now, plan=plan)
    if old.switch is Switch.ON:
        new = _rescheduled(old, new, now)
    store.put(old, new, now, asked=asked)
    return new


def _asked(plan: CampaignPlan) -> Stored[Asked] | None:
    """Read before the segments that its audience asks for; None when it asks for none."""
    return segment_store.asked() if plan.audience is not None and asked_segments(plan.audience) else None


def switch(old: Campaign, action: CampaignAction, now: datetime) -> Campaign:
    """A second time the same action changes nothing."""
    allowed, decided = TRANSITIONS[action]
    if old.switch not in allowed:
        raise _status_error(old, action.value)
    return {
        CampaignAction.SCHEDULE: _schedule,
        CampaignAction.RESUME: _resume,
        CampaignAction.PAUSE: _pause,
        CampaignAction.END: _end,
    }[action](old, decided, now)


def _schedule(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    if old.switch is Switch.ON:
        return old
    refuse_problems(problems_of(old.plan, now, is_live=True))
    new = _rescheduled(old, old.changed(now, switch=decided, paused_by=None), now)
    if new.next_at is None:
        raise NothingAheadError
    store.put(old, new, now)
    return new


def _resume(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    """The schedule goes on, and so does a run that was stopped in the middle, from where it stands.

    One that should have begun, and did not, begins.
    """
    new = old
    if old.switch is not Switch.ON:
        if next_instant(old.plan.schedule, old.plan.time_zone, now) is not None:
            refuse_problems(problems_of(old.plan, now, is_live=True))
        new = _rescheduled(old, old.changed(now, switch=decided, paused_by=None), now)
        if new.next_at is None and new.run_id is None:
            raise NothingAheadError
        store.put(old, new, now)
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
    store.put(old, new, now)
    _forget_next(old)
    return new


def _end(old: Campaign, decided: Switch, now: datetime) -> Campaign:
    """For good. A run under way ends as it stands; what athletes hold stays theirs."""
    new = old
    if old.switch is not decided:
        new = old.changed(now, switch=decided, next_at=None)
        store.put(old, new, now)
        _forget_next(old)
    if new.run_id is not None:
        run = store.get_run(new.campaign_id, new.run_id)
        if timer.is_running(run.execution):
            timer.stop(run.execution, "ended by hand")
        lifecycle.end_run(new.campaign_id, run.run_id, now, outcome=RunOutcome.STOPPED, reason="ended_by_hand")
        new = store.get(new.campaign_id)
    return new


def _rescheduled(old: Campaign, new: Campaign, now: datetime) -> Campaign:
    """The timer is told before the campaign says so: a timer too many begins nothing."""
    following = lifecycle.schedule_next(new, now, now)
    if old.next_at is not None and old.next_at != following:
        _forget_next(old)
    return new.model_copy(update={"next_at": following})


def _forget_next(campaign: Campaign) -> None:
    if campaign.next_at is not None:
        timer.forget(run_id_of(campaign.campaign_id, campaign.next_at))


def remove(campaign: Campaign, now: datetime) -> None:
    """A draft, or one that has ended before it ever began."""
    if campaign.switch is Switch.ENDED:
        _refuse_with_runs(campaign)
    elif campaign.switch is not Switch.DRAFT:
        raise _status_error(campaign, "delete")
    store.remove(campaign, now)


def _refuse_with_runs(ended: Campaign) -> None:
    if store.runs(ended.campaign_id):
        raise CampaignHasEndedError


def _status_error(campaign: Campaign, action: str) -> CampaignStatusError:
    possible = [
        one.value
        for one, (allowed, decided) in TRANSITIONS.items()
        if campaign.switch in allowed and campaign.switch is not decided
    ]
    can = ", ".join(possible) or "–"
    return CampaignStatusError(status=campaign.status.value, action=action, can=can)


# --- is it a good plan? ---------------------------------------------------------------------------------------------


def validate(plan: CampaignPlan, now: datetime) -> list[Problem]:
    """Everything that scheduling it would refuse, all at once."""
    return problems_of(plan, now, is_live=True)


def going_on(also: Iterable[str] = ()) -> dict[str, list[CampaignPlan]]:
    """The plans of campaigns that have not ended, by name: that of today, and that of the run which goes on, as it
    began with it. `also` those that the list may not know yet."""
    found = {one.campaign_id: one for one in (*store.everything(), *store.some(also))}
    return {name: _plans_of(one) for name, one in found.items() if one.switch is not Switch.ENDED}


def _plans_of(campaign: Campaign) -> list[CampaignPlan]:
    run = store.find_run(campaign.campaign_id, campaign.run_id) if campaign.run_id is not None else None
    return [campaign.plan] if run is None or run.plan == campaign.plan else [campaign.plan, run.plan]


# --- looking --------------------------------------------------------------------------------------------------------


def preview(campaign: Campaign, *, limit: int, cursor: str | None, now: datetime) -> tuple[Selection, list[Sms]]:
    """As things will stand when the next run begins: a promo may begin with its campaign, and a draft is taken for
    active, since `validate` says that it has to be."""
    question = Question.of(campaign.campaign_id, campaign.plan).with_drafts_active
    begins = next_instant(campaign.plan.schedule, campaign.plan.time_zone, now) or now
    found = look(question, cursor=cursor, now=begins, offers_left=None, page=limit)
    return found, sms_of(campaign.plan, question.promos.values())


def runs(campaign: Campaign) -> list[Run]:
    """Newest first."""
    return list(reversed(store.runs(campaign.campaign_id)))


def show_run(campaign: Campaign, run_id: str) -> tuple[Run, RunProgress]:
    run = store.get_run(campaign.campaign_id, run_id)
    sent = [batch for phase in Phase for batch in store.sent_batches(run_id, phase)]
    outcomes: Counter[str] = Counter()
    for batch in sent:
        outcomes.update(batch)
    is_running = not run.is_over and timer.is_running(run.execution)
    return run, RunProgress(is_running, len(sent), dict(outcomes))


def show_report(campaign: Campaign, run_id: str) -> report.RunReport:
    return report.report(store.get_run(campaign.campaign_id, run_id))


def show_marketing(campaign: Campaign) -> report.CampaignReport:
    return report.marketing(campaign, store.runs(campaign.campaign_id))
