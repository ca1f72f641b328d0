from collections.abc import Sequence

from stadion.errors import ConflictError, NotFoundError, UnprocessableError
from stadion.i18n import Language, Text


class PromoNotFoundError(NotFoundError):
    code = "promo_not_found"
    title = Text(en="No such promo", ru="Промо не найдено")
    explanation = Text(en="There is no promo with this name.", ru="Промо с таким именем нет.")


class PromoIdTakenError(ConflictError):
    code = "promo_id_taken"
    title = Text(en="Name is taken", ru="Имя занято")
    explanation = Text(en="There is another promo with this name.", ru="Промо с таким именем уже есть.")


class PromoIsLiveError(ConflictError):
    code = "promo_is_live"
    title = Text(en="Too late to change this", ru="Это уже нельзя изменить")
    explanation = Text(
        en="{field} can be changed in a draft only: athletes hold what was promised.",
        ru="{field} меняется только в черновике: обещанное уже у спортсменов.",
    )


class PromoStatusError(ConflictError):
    code = "promo_status_forbids"
    title = Text(en="Not in this status", ru="Недоступно в этом статусе")
    explanation = Text(
        en="This promo is {status}: {action} is not possible.", ru="Промо в статусе {status}: {action} невозможно."
    )


class PromoNotDraftError(ConflictError):
    code = "promo_is_no_draft"
    title = Text(en="No draft any more", ru="Уже не черновик")
    explanation = Text(
        en="Only a draft is replaced, and this promo is {status}. Until it has ended, its name, texts, link, products,"
        " places, hours, end, targeting and limits can be changed.",
        ru="Заменить можно только черновик, а промо в статусе {status}. Пока промо не окончено, можно менять имя,"
        " тексты, ссылку, товары, места, часы, окончание, таргетинг и лимиты.",
    )


class PromoNameDiffersError(UnprocessableError):
    code = "promo_name_differs"
    title = Text(en="Another promo's name", ru="Имя другого промо")
    explanation = Text(
        en="The promo that is replaced keeps its name: send the one of the address as promo_id.",
        ru="Промо при замене сохраняет имя: в promo_id должно быть имя из адреса.",
    )


class PromoDatesError(UnprocessableError):
    code = "promo_dates_are_wrong"
    title = Text(en="The dates do not fit", ru="Даты не сходятся")
    explanation = Text(
        en="A promo begins before it ends, and ends in the future.",
        ru="Промо начинается раньше, чем кончается, и кончается в будущем.",
    )


class CurrencyMissingError(UnprocessableError):
    code = "promo_needs_a_currency"
    title = Text(en="Which currency?", ru="Какая валюта?")
    explanation = Text(en="A promo with amounts of money needs a currency.", ru="Промо с суммами денег нужна валюта.")


class PromoInUseError(ConflictError):
    code = "promo_in_use"
    title = Text(en="The promo is in use", ru="Промо используется")
    explanation = Text(en="It is given by {users}.", ru="Его выдают: {users}.")


class CodePatternError(UnprocessableError):
    code = "code_pattern_is_invalid"
    title = Text(en="Not a pattern of codes", ru="Неверный шаблон кода")
    explanation = Text(
        en="A pattern has A-Z, 0-9, single hyphens inside and places such as {{4}}: at least {least} random characters,"
        " {most} in all.",
        ru="В шаблоне A-Z, 0-9, одиночные дефисы внутри и места вида {{4}}: не меньше {least} случайных символов,"
        " всего до {most}.",
    )


class SharedCodeError(UnprocessableError):
    code = "shared_code_is_invalid"
    title = Text(en="Not a code for everybody", ru="Неверный общий код")
    explanation = Text(
        en="A shared code has at least {least} letters A-Z or digits, begins and ends with one, and may have hyphens.",
        ru="В общем коде не меньше {least} букв A-Z или цифр, он с них начинается и ими кончается; дефисы можно.",
    )


class CodeTakenError(ConflictError):
    code = "code_is_taken"
    title = Text(en="The code is taken", ru="Код занят")
    explanation = Text(
        en="Another promo has this shared code, with hyphens or without them.",
        ru="У другого промо такой же общий код, с дефисами или без них.",
    )


class BudgetIsUsedError(ConflictError):
    code = "budget_is_used"
    title = Text(en="More is used already", ru="Израсходовано больше")
    explanation = Text(
        en="The limit cannot fall below what is redeemed and reserved already.",
        ru="Лимит не может стать меньше уже использованного и зарезервированного.",
    )


class RuleError(UnprocessableError):
    code = "rule_is_invalid"
    title = Text(en="The rule does not work", ru="Правило не работает")
    explanation = Text(en="It asks for what there is not.", ru="Оно спрашивает о том, чего нет.")

    def __init__(self, said: Text, *, pointer: str, others: Sequence[tuple[str, Text]] = ()) -> None:
        """Speaks the problem's own sentence. `others`: (pointer, sentence) of what is wrong besides."""
        self._said = said
        self._others = others
        super().__init__(pointer=pointer)

    def detail(self, language: Language) -> str:
        return self._said.say(language)

    def places(self, language: Language) -> list[dict[str, str]]:
        """All of them, at once."""
        others = [{"pointer": at, "code": self.code, "detail": said.say(language)} for at, said in self._others]
        return super().places(language) + others


class SegmentNotFoundError(NotFoundError):
    code = "segment_not_found"
    title = Text(en="No such segment", ru="Сегмент не найден")
    explanation = Text(en="There is no segment with this name.", ru="Сегмента с таким именем нет.")


class SegmentInUseError(ConflictError):
    code = "segment_in_use"
    title = Text(en="The segment is in use", ru="Сегмент используется")
    explanation = Text(en="It is asked for by {users}.", ru="Его используют: {users}.")


class TooManySegmentsError(ConflictError):
    code = "too_many_segments"
    title = Text(en="Too many segments", ru="Слишком много сегментов")
    explanation = Text(en="There are {most} already.", ru="Их уже {most}.")


class OfferNotFoundError(NotFoundError):
    code = "offer_not_found"
    title = Text(en="No such offer", ru="Предложение не найдено")
    explanation = Text(en="You have no offer with this id.", ru="У вас нет предложения с таким идентификатором.")


class OfferIsOverError(ConflictError):
    code = "offer_is_over"
    title = Text(en="The offer is over", ru="Предложение закончилось")
    explanation = Text(
        en="It was used or has expired, or the promo has ended.", ru="Оно использовано, истекло, или промо закончилось."
    )


class NotEligibleError(UnprocessableError):
    code = "not_eligible"
    title = Text(en="Not for this athlete", ru="Не для этого спортсмена")
    explanation = Text(
        en="The promo cannot be issued to this athlete; see checks.",
        ru="Это промо нельзя выдать этому спортсмену; смотрите checks.",
    )


class CodeNotFoundError(NotFoundError):
    code = "code_not_found"
    title = Text(en="No such code", ru="Код не найден")
    explanation = Text(en="Nobody has issued this code.", ru="Такой код никто не выдавал.")


class CodeExpiredError(ConflictError):
    code = "code_expired"
    title = Text(en="The code has expired", ru="Код истёк")
    explanation = Text(en="It was good for a while, and is not any more.", ru="Срок действия кода закончился.")


class CodeTakenBackError(ConflictError):
    code = "code_is_taken_back"
    title = Text(en="Taken back", ru="Код отозван")
    explanation = Text(
        en="The code was a reward, and its reason has gone. It is good again when the reason is there again.",
        ru="Код был наградой, и её основание исчезло. Он снова будет действовать, когда основание появится.",
    )


class RewardCodesError(UnprocessableError):
    code = "reward_needs_personal_codes"
    title = Text(en="A reward needs personal codes", ru="Награде нужны личные коды")
    explanation = Text(
        en="A code that many hold cannot be taken back from one: name a promo with a pattern of codes.",
        ru="Код, который есть у многих, нельзя отозвать у одного: нужно промо с шаблоном кодов.",
    )


class CodeNotIssuedError(ConflictError):
    code = "code_not_issued_yet"
    title = Text(en="Not issued yet", ru="Код ещё не выдан")
    explanation = Text(
        en="The code is younger than the order that names it.", ru="Код выдан позже, чем оформлен этот заказ."
    )


class CodeUsedError(ConflictError):
    code = "code_already_used"
    title = Text(en="The code was used", ru="Код уже использован")
    explanation = Text(en="Another order has used it.", ru="Его уже использовал другой заказ.")


class CodeReservedError(ConflictError):
    code = "code_is_reserved"
    title = Text(en="The code is in another cart", ru="Код в другой корзине")
    explanation = Text(
        en="Another order holds it at the moment. It comes free when that order is left.",
        ru="Сейчас он занят другим заказом и освободится, если тот не состоится.",
    )


class CodeOfAnotherError(ConflictError):
    code = "code_of_another_athlete"
    title = Text(en="Somebody else's code", ru="Чужой код")
    explanation = Text(en="This code was issued to another athlete.", ru="Этот код выдан другому спортсмену.")


class UserRequiredError(UnprocessableError):
    code = "user_is_required"
    title = Text(en="Whose order is it?", ru="Чей это заказ?")
    explanation = Text(
        en="The promo has a limit per athlete: send the athlete_id of somebody who is linked with you.",
        ru="У промо есть лимит на человека: передайте athlete_id того, кто с вами связан.",
    )


class PromoNotActiveError(ConflictError):
    code = "promo_is_not_active"
    title = Text(en="The promo is not active", ru="Промо не активно")
    explanation = Text(en="It is {status}.", ru="Его статус — {status}.")


class OutsideHoursError(ConflictError):
    code = "outside_of_hours"
    title = Text(en="Not at this hour", ru="Не в это время")
    explanation = Text(
        en="The promo holds at certain hours of the athlete's day only.",
        ru="Промо действует только в определённые часы по времени спортсмена.",
    )


class LimitReachedError(ConflictError):
    code = "limit_reached"
    title = Text(en="The limit is reached", ru="Лимит исчерпан")
    explanation = Text(en="Nothing is left: {limit}.", ru="Ничего не осталось: {limit}.")


class CurrencyError(UnprocessableError):
    code = "currency_differs"
    title = Text(en="Another currency", ru="Другая валюта")
    explanation = Text(en="The promo is in {currency}.", ru="Промо действует в валюте {currency}.")


class OrderTooSmallError(UnprocessableError):
    code = "order_is_too_small"
    title = Text(en="The order is too small", ru="Сумма заказа мала")
    explanation = Text(
        en="The promo holds from {least_minor} on (in the currency's smallest unit).",
        ru="Промо действует от {least_minor} (в минимальных единицах валюты).",
    )


class NotStackableError(ConflictError):
    code = "codes_do_not_stack"
    title = Text(en="Not together with another code", ru="Не вместе с другим кодом")
    explanation = Text(
        en="The order holds a code that does not go with this one.",
        ru="В заказе есть код, с которым этот не сочетается.",
    )


class TooManyCodesError(ConflictError):
    code = "too_many_codes"
    title = Text(en="Too many codes", ru="Слишком много кодов")
    explanation = Text(en="An order takes at most {most}.", ru="В заказе может быть не больше {most}.")


class OrderReversedError(ConflictError):
    code = "order_was_reversed"
    title = Text(en="The order was returned", ru="Заказ возвращён")
    explanation = Text(
        en="What this order had used was given back. A new order takes a new id.",
        ru="Использованное этим заказом возвращено. Новому заказу нужен новый номер.",
    )


class OrderCompleteError(ConflictError):
    code = "order_is_complete"
    title = Text(en="The order is complete", ru="Заказ завершён")
    explanation = Text(
        en="The order was told as complete: no code is held for it any more. A new order takes a new id.",
        ru="Заказ передан как завершённый: код для него уже не удержать. Новому заказу нужен новый номер.",
    )


class OrderDiffersError(ConflictError):
    code = "order_differs"
    title = Text(en="The order was redeemed otherwise", ru="Заказ учтён с другими данными")
    explanation = Text(
        en="This order has redeemed the code with another amount, currency or athlete.",
        ru="Этот заказ использовал код с другой суммой, валютой или спортсменом.",
    )


class OrderNotFoundError(NotFoundError):
    code = "order_not_found"
    title = Text(en="No such order", ru="Заказ не найден")
    explanation = Text(
        en="Neither a code nor a message has named this order of yours.",
        ru="Ни промокоды, ни сообщения не называли этот заказ.",
    )


class RedemptionNotFoundError(NotFoundError):
    code = "redemption_not_found"
    title = Text(en="No such redemption", ru="Такого использования нет")
    explanation = Text(en="This order has not used this code.", ru="Этот заказ не использовал этот код.")
