"""What can go wrong with a question about totals."""

from stadion.errors import InvalidError
from stadion.i18n import Text


class TotalsRangeError(InvalidError):
    code = "totals_range_is_invalid"
    title = Text(en="Range is not valid", ru="Неверный период")
    explanation = Text(
        en="Send from and to as dates such as 2026-11-21, from not after to, at most {days} days.",
        ru="Передайте from и to как даты вида 2026-11-21, from не позже to, не больше {days} дней.",
    )
