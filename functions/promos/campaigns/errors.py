from stadion.errors import ConflictError, NotFoundError, UnprocessableError
from stadion.i18n import Text


class CampaignNotFoundError(NotFoundError):
    code = "campaign_not_found"
    title = Text(en="No such campaign", ru="Кампания не найдена")
    explanation = Text(en="There is no campaign with this name.", ru="Кампании с таким именем нет.")


class RunNotFoundError(NotFoundError):
    code = "campaign_run_not_found"
    title = Text(en="No such run", ru="Запуск не найден")
    explanation = Text(en="The campaign has no run with this id.", ru="У кампании нет запуска с таким id.")


class CampaignStatusError(ConflictError):
    code = "campaign_status_forbids"
    title = Text(en="Not in this status", ru="Недоступно в этом статусе")
    explanation = Text(
        en="A campaign that is {status} cannot {action}. What it can: {can}.",
        ru="Действие {action} недоступно: {status}. Доступно: {can}.",
    )


class CampaignHasEndedError(ConflictError):
    code = "campaign_has_ended"
    title = Text(en="The campaign is over", ru="Кампания закончена")
    explanation = Text(
        en="It has ended, and its reports keep its name. Choose another campaign_id to go on.",
        ru="Она закончена, и её имя осталось за её отчётами. Чтобы продолжить, выберите другой campaign_id.",
    )


class NothingAheadError(UnprocessableError):
    code = "campaign_has_no_date_ahead"
    title = Text(en="It would never begin", ru="Она никогда не начнётся")
    explanation = Text(
        en="The schedule has no moment ahead of now.", ru="В расписании нет ни одного момента в будущем."
    )


class CampaignIdReservedError(UnprocessableError):
    code = "campaign_id_is_reserved"
    title = Text(en="This name is taken", ru="Это имя занято")
    explanation = Text(en="An address of the API has this name.", ru="Так называется адрес API.")
