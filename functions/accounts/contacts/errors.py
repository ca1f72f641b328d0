from stadion.errors import InvalidError
from stadion.i18n import Text


class NumberTakesNoCodeError(InvalidError):
    """Premium, shared-cost, satellite and fixed numbers cost us or reach nobody."""

    code = "phone_is_not_mobile"
    title = Text(en="Not a mobile number", ru="Не мобильный номер")
    explanation = Text(
        en="A code can be sent to mobile numbers only.", ru="Код можно отправить только на мобильный номер."
    )


class CountryNotServedError(InvalidError):
    code = "phone_country_not_served"
    title = Text(en="Not in this country", ru="Не в этой стране")
    explanation = Text(
        en="No codes are sent to numbers of this country yet.",
        ru="На номера этой страны коды пока не отправляются.",
    )
