"""How runs begin, end and fail."""

from datetime import datetime, timedelta

from promos.campaigns.plan.domain import next_instant, run_id_of
from promos.campaigns.plan.service import problems_of
from promos.campaigns.run import store, timer
from promos.campaigns.run.domain import Campaign, Failure, Run, RunOutcome, RunState
from promos.offers.domain import Switch
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.events.promos import CampaignEnded, CampaignStarted
from stadion.retry import retry_on_conflict

MAX_CAUSE = 2000
POSTPONED = timedelta(minutes=10)


class CannotBeginError(Exception):
    """What the plan needs is not there: the campaign is paused, and waits for a person."""


def open_run(campaign_id: str, run_id: str, *, begins_at: datetime, execution: str, now: datetime) -> str | None:
    """None: the run is this execution's. Else why it is not.

    Scheduler delivers at least once, and people begin runs again: one execution drives a run at a time.
    """
    return retry_on_conflict(
        lambda: _open_run(campaign_id, run_id, begins_at, execution, now), also=(StaleVersionError,)
    )


def _open_run(campaign_id: str, run_id: str, begins_at: datetime, execution: str, now: datetime) -> str | None:
    campaign = store.find(campaign_id)
    if campaign is None or campaign.switch is not Switch.ON:
        return "campaign_is_off"
    run = store.find_run(campaign_id, run_id)
    if run is None:
        return _begin(campaign, run_id, begins_at, execution, now)
    if run.is_over:
        return "run_has_ended"
    if run.execution == execution:
        return None
    if timer.is_running(run.execution):
        return "another_execution_drives_it"

    def take_over(stored: Run) -> Run:
        if stored.execution != run.execution:
            raise StaleVersionError  # another one was quicker: look whether it runs
        return stored.changed(execution=execution, failure=None)

    store.change_run(campaign_id, run_id, take_over, now)
    return None


def _begin(campaign: Campaign, run_id: str, begins_at: datetime, execution: str, now: datetime) -> str | None:
    """The next run is scheduled before this one is said to have begun: a crash between repeats both."""
    if campaign.next_at != begins_at:
        return "not_the_scheduled_run"
    if campaign.run_id is None and (wrong := problems_of(campaign.plan, now, is_live=True, begins=begins_at)):
        store.put(campaign, campaign.changed(now, switch=Switch.PAUSED, paused_by=wrong[0].code, next_at=None), now)
        raise CannotBeginError(f"{wrong[0].pointer}: {wrong[0].text.en}")
    following = schedule_next(campaign, max(now, begins_at), now)
    if campaign.run_id is not None:
        later = following or _postponed(campaign, now)
        store.put(campaign, campaign.changed(now, next_at=later), now)
        return "the_run_before_goes_on"
    run = Run(
        run_id=run_id,
        campaign_id=campaign.campaign_id,
        plan=campaign.plan,
        execution=execution,
        begins_at=begins_at,
        opened_at=now,
    )
    after = campaign.changed(now, run_id=run_id, next_at=following)
    events: list[Event] = [CampaignStarted(campaign_id=campaign.campaign_id, run_id=run_id)]
    store.open_run(campaign, after, run, events, now)
    return None


def _postponed(campaign: Campaign, now: datetime) -> datetime:
    """What should begin once, while the run before it goes on, begins later."""
    later = now.replace(microsecond=0) + POSTPONED
    timer.begin_at(campaign.campaign_id, run_id_of(campaign.campaign_id, later), later, now)
    return later


def schedule_next(campaign: Campaign, after: datetime, now: datetime) -> datetime | None:
    """When the next run begins, which is told to the timer."""
    following = next_instant(campaign.plan.schedule, campaign.plan.time_zone, after)
    if following is not None:
        timer.begin_at(campaign.campaign_id, run_id_of(campaign.campaign_id, following), following, now)
    return following


def end_run(
    campaign_id: str,
    run_id: str,
    now: datetime,
    *,
    outcome: RunOutcome | None = None,
    reason: str | None = None,
) -> RunOutcome | None:
    """The run's own outcome unless another is given; a run that a guardrail stopped pauses its campaign."""
    return retry_on_conflict(lambda: _end_run(campaign_id, run_id, now, outcome, reason))


def _end_run(
    campaign_id: str, run_id: str, now: datetime, outcome: RunOutcome | None, reason: str | None
) -> RunOutcome | None:
    run, campaign = store.get_run(campaign_id, run_id), store.get(campaign_id)
    if run.is_over:
        return run.outcome
    ended = run.changed(
        state=RunState.ENDED,
        outcome=outcome or run.outcome or RunOutcome.COMPLETED,
        reason=reason or run.reason,
        ended_at=now,
        failure=None,
    )
    left = _after(campaign, ended, now)
    if left.next_at is None and campaign.next_at is not None:
        timer.forget(run_id_of(campaign_id, campaign.next_at))
    assert ended.outcome is not None  # noqa: S101 - for the type checker
    events: list[Event] = [CampaignEnded(campaign_id=campaign_id, run_id=run_id, outcome=ended.outcome.value)]
    store.end_run(run, ended, (campaign, left), events, now)
    return ended.outcome


def _after(campaign: Campaign, run: Run, now: datetime) -> Campaign:
    if campaign.switch is not Switch.ON:
        return campaign.changed(now, run_id=None)
    if campaign.next_at is None:
        return campaign.changed(now, run_id=None, switch=Switch.ENDED)
    if run.outcome is RunOutcome.STOPPED and (run.reason or "").startswith("guardrail_"):
        return campaign.changed(now, run_id=None, switch=Switch.PAUSED, paused_by=run.reason, next_at=None)
    return campaign.changed(now, run_id=None)


def note_failure(
    campaign_id: str, run_id: str, error: str, cause: str, now: datetime, *, execution: str | None = None
) -> None:
    """For whoever looks at the run: it stands where it was, and `resume` goes on from there.

    The first word stays: a step knows better than the map around it. An execution that the run was taken over from says
    nothing of it any more; without a name it is the one that drives it (executions that began before 2026-11-29).
    """
    if store.find_run(campaign_id, run_id) is None:
        return
    failure = Failure(error=error, cause=cause[:MAX_CAUSE], failed_at=now)

    def note(stored: Run) -> Run:
        if stored.failure is not None or execution not in {None, stored.execution}:
            return stored
        return stored.changed(failure=failure)

    store.change_run(campaign_id, run_id, note, now)
