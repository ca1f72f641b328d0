from stadion.errors import TooManyRequestsError
from stadion.i18n import Text


class QuotaUsedUpError(TooManyRequestsError):
    code = "quota_is_used_up"
    title = Text(en="Enough for today", ru="На сегодня достаточно")
    explanation = Text(
        en="The diary takes so many {what} a day, {most} at most. Go on tomorrow, after midnight UTC.",
        ru="Дневник принимает за день не больше {most} ({what}). Продолжите завтра, после полуночи UTC.",
    )
