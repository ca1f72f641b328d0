"""What can be wrong with a live session, for the app (`code`) and for people (en, ru)."""

from stadion.errors import ConflictError, InvalidError, NotFoundError, UnprocessableError
from stadion.i18n import Text


class LiveSessionNotFoundError(NotFoundError):
    code = "live_session_not_found"
    title = Text(en="No live workout", ru="Нет такой живой тренировки")
    explanation = Text(
        en="There is no live workout with this id, or you may not watch it.",
        ru="Живой тренировки с таким идентификатором нет, или вам нельзя её смотреть.",
    )


class LiveSessionOpenError(ConflictError):
    code = "live_session_is_open"
    title = Text(en="Another live workout is running", ru="Уже идёт другая тренировка")
    explanation = Text(
        en="Stop or discard the live workout {open_session_id} first.",
        ru="Сначала завершите или отмените тренировку {open_session_id}.",
    )


class LiveSessionIdTakenError(ConflictError):
    code = "live_session_id_taken"
    title = Text(en="This id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="You started another live workout with this id. Choose a new one.",
        ru="С этим идентификатором уже была другая живая тренировка. Выберите новый.",
    )


class LiveSessionIsOverError(ConflictError):
    code = "live_session_is_over"
    title = Text(en="This live workout is over", ru="Эта тренировка закончена")
    explanation = Text(
        en="It takes no more samples and commands: it was discarded, deleted or merged, or ended long ago.",
        ru="Она больше не принимает данные и команды: отменена, удалена, объединена или давно закончена.",
    )


class LiveSessionIsFinishedError(ConflictError):
    code = "live_session_is_finished"
    title = Text(en="This live workout is finished", ru="Эта тренировка уже завершена")
    explanation = Text(
        en="It is in the diary. Delete the workout there.", ru="Она уже в дневнике. Удалите тренировку там."
    )


class SampleColumnsDifferError(UnprocessableError):
    code = "sample_columns_differ"
    title = Text(en="Columns of different lengths", ru="Столбцы разной длины")
    explanation = Text(
        en="{column} has {found} values and time_s has {expected}; send null where nothing was measured.",
        ru="В {column} значений {found}, а в time_s — {expected}; передайте null там, где измерения нет.",
    )


class SampleColumnsMissingError(UnprocessableError):
    code = "sample_position_is_half"
    title = Text(en="Half a position", ru="Половина координат")
    explanation = Text(en="Send lat and lon together.", ru="Передавайте lat и lon вместе.")


class SampleInFutureError(UnprocessableError):
    code = "sample_is_in_the_future"
    title = Text(en="Time lies ahead", ru="Время ещё не наступило")
    explanation = Text(
        en="This many seconds have not passed since the start. Check the start and the unit.",
        ru="С начала прошло меньше секунд. Проверьте время начала и единицу.",
    )


class SamplesTooSpreadError(UnprocessableError):
    code = "samples_span_too_long"
    title = Text(en="Too much time in one batch", ru="Слишком большой промежуток в пакете")
    explanation = Text(
        en="A batch takes samples of at most {minutes} different minutes; send several.",
        ru="В пакете — измерения не более чем из {minutes} разных минут; отправьте несколько.",
    )


class TooManySamplesError(UnprocessableError):
    code = "too_many_samples_in_a_minute"
    title = Text(en="Too many samples", ru="Слишком много измерений")
    explanation = Text(en="A minute takes at most {most} samples.", ru="В одной минуте — не больше {most} измерений.")


class SessionInFutureError(InvalidError):
    code = "live_session_in_the_future"
    title = Text(en="Starts in the future", ru="Начало в будущем")
    explanation = Text(en="Check the clock: this start lies ahead.", ru="Проверьте часы: начало ещё не наступило.")


class TooOldForLiveError(InvalidError):
    code = "live_session_is_too_old"
    title = Text(en="Started long ago", ru="Началась слишком давно")
    explanation = Text(
        en="A live workout started at most {days} days ago; record an older one in the diary.",
        ru="Живая тренировка начинается не раньше чем {days} дней назад; более старую запишите в дневник.",
    )


class TooManyPausesError(UnprocessableError):
    code = "too_many_pauses"
    title = Text(en="Too many pauses", ru="Слишком много пауз")
    explanation = Text(en="A live workout takes up to 250 pauses.", ru="В живой тренировке не больше 250 пауз.")


class TooManyFollowersError(UnprocessableError):
    code = "too_many_followers"
    title = Text(en="Too many followers", ru="Слишком много наблюдателей")
    explanation = Text(en="At most {most} people may follow you.", ru="За вами могут следить не больше {most} человек.")


class TooManyShareLinksError(UnprocessableError):
    code = "too_many_share_links"
    title = Text(en="Too many links", ru="Слишком много ссылок")
    explanation = Text(
        en="A live workout takes up to {most} links; revoke one.",
        ru="У живой тренировки не больше {most} ссылок; отзовите одну.",
    )


class TooManyWatchersError(ConflictError):
    code = "too_many_watchers"
    title = Text(en="Too many watch already", ru="Слишком много зрителей")
    explanation = Text(
        en="As many connections watch this workout as this link, or this account, may open.",
        ru="Эту тренировку уже смотрит столько соединений, сколько можно открыть по этой ссылке или этому аккаунту.",
    )


class ShareLinkNotFoundError(NotFoundError):
    code = "share_link_not_found"
    title = Text(en="No such link", ru="Нет такой ссылки")
    explanation = Text(
        en="The link never existed, was revoked, or is over.", ru="Ссылки не было, она отозвана или закончилась."
    )


class ReadOnlyConnectionError(NotFoundError):
    code = "connection_only_watches"
    title = Text(en="This connection only watches", ru="Соединение только для просмотра")
    explanation = Text(
        en="It was opened with a share link. Connect with an access token.",
        ru="Оно открыто по ссылке. Подключитесь с токеном доступа.",
    )
