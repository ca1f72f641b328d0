from stadion.errors import ConflictError, UnprocessableError
from stadion.i18n import Text


class ConsentTextNotCurrentError(ConflictError):
    code = "consent_text_is_not_current"
    title = Text(en="Another text", ru="Другой текст")
    explanation = Text(
        en="The current text of this consent is version {current}. Show that one and name it.",
        ru="Текущий текст этого согласия — версия {current}. Покажите его и передайте эту версию.",
    )


class ConsentTextRequiredError(UnprocessableError):
    code = "consent_text_is_required"
    title = Text(en="Which text?", ru="Какой текст?")
    explanation = Text(
        en="A grant names the version of the text that was agreed to: text_version.",
        ru="Согласие называет версию текста, с которым согласились: text_version.",
    )


class ConsentTextTakenError(ConflictError):
    code = "consent_text_was_current"
    title = Text(en="It was shown already", ru="Он уже показывался")
    explanation = Text(
        en="Version {version} is or was current, and athletes may have agreed to it. Set a new version.",
        ru="Версия {version} действует или действовала, и с ней могли согласиться. Задайте новую версию.",
    )


class ConsentTextLateError(UnprocessableError):
    code = "consent_text_is_late"
    title = Text(en="In the past", ru="В прошлом")
    explanation = Text(
        en="A new text is current from now on or from a later moment, not from an earlier one.",
        ru="Новый текст действует с этого момента или позже, но не раньше.",
    )


class TooManyConsentTextsError(ConflictError):
    code = "too_many_consent_texts"
    title = Text(en="Too many texts", ru="Слишком много текстов")
    explanation = Text(
        en="At most {most} versions of a text are kept.", ru="Хранится не больше {most} версий одного текста."
    )


class ConsentStillGrantedError(ConflictError):
    code = "consent_still_granted"
    title = Text(en="Withdraw first", ru="Сначала отзовите согласие")
    explanation = Text(
        en="Health data are taken as long as health_data is granted. Withdraw it, then delete.",
        ru="Пока дано согласие health_data, данные о здоровье принимаются. Отзовите его, затем удалите их.",
    )


class ConsentPartnerRequiredError(UnprocessableError):
    code = "consent_partner_is_required"
    title = Text(en="Which partner?", ru="Какой партнёр?")
    explanation = Text(
        en="This consent is granted to one partner: partner_id.", ru="Это согласие даётся одному партнёру: partner_id."
    )


class ConsentPartnerRefusedError(UnprocessableError):
    code = "consent_is_of_no_partner"
    title = Text(en="Of no partner", ru="Не о партнёре")
    explanation = Text(
        en="This consent is granted to Stadion: leave partner_id out.",
        ru="Это согласие даётся Stadion: не передавайте partner_id.",
    )


class TooManyConsentPartnersError(ConflictError):
    code = "too_many_consent_partners"
    title = Text(en="Too many partners", ru="Слишком много партнёров")
    explanation = Text(
        en="At most {most} partners are kept for an athlete.", ru="У спортсмена может быть не больше {most} партнёров."
    )
