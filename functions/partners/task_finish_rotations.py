"""Each hour: removes the keys whose grace is over. Secrets end by themselves."""

from partners import service, store
from stadion.observability import count
from stadion.tasks import Round, scheduled


def finish(asked: Round) -> dict[str, int]:
    now = asked.now
    partners = [partner for partner in store.all_partners() if asked.concerns(partner.partner_id)]
    due = [partner for partner in partners if partner.retired_keys(now)]
    for partner in due:
        service.finish_rotations(partner.partner_id, by="task_finish_rotations", now=now, at_once=False)
    count("RotationsFinished", len(due))
    return {"finished": len(due)}


handler = scheduled(finish, takes=Round)
