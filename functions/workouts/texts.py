"""What the codes of flags, notes, parts and refusals say to people."""

from typing import Final

from stadion.i18n import Text
from stadion.sport_names import sport_name
from stadion.units import Reader
from stadion.units import worded as in_words
from workouts.reasons import Reason

FLAGS: Final = {
    "average_speed_too_high": Text(
        en="An average of {kmh:kmh} is too fast for {sport}.",
        ru="Средняя скорость {kmh:kmh} слишком велика для вида «{sport}».",
    ),
    "duration_too_long": Text(
        en="A workout of more than {days} days is not plausible.",
        ru="Тренировка дольше {days} дней неправдоподобна.",
    ),
    "gps_jump": Text(
        en="The position jumps by {km:km} from one point to the next.",
        ru="Между соседними точками положение меняется на {km:km}.",
    ),
    "heart_rate_too_high": Text(
        en="A heart rate of {bpm} bpm was recorded; no heart beats that fast.",
        ru="Записан пульс {bpm} уд/мин; так быстро сердце не бьётся.",
    ),
    "not_measured": Text(
        en="The recording could not be measured as it was corrected; these numbers were measured before.",
        ru="После исправления измерить запись не удалось; эти числа измерены раньше.",
    ),
    "power_too_high": Text(
        en="A power of {watts} W was recorded; the meter was probably out of order.",
        ru="Записана мощность {watts} Вт; измеритель, вероятно, был неисправен.",
    ),
    "recording_doubtful": Text(
        en="The neighbours of {percent}% of a sensor's readings contradict them; they were left out.",
        ru="{percent}% показаний датчика противоречат соседним; они не учтены.",
    ),
    "speed_too_high": Text(
        en="{kmh:kmh} is faster than {sport} can be ({top_kmh:kmh}). Was part of it in a vehicle?",
        ru="{kmh:kmh} — больше, чем возможно для вида «{sport}» ({top_kmh:kmh}). Часть пути была на транспорте?",
    ),
}

REFUSALS: Final = {
    "absurd_date": Text(
        en="The recording's date cannot be right. Set the device's clock and correct it.",
        ru="Дата записи не может быть верной. Настройте часы устройства и исправьте её.",
    ),
    "bad_fit": Text(
        en="The FIT file is damaged. Copy it from the device again.",
        ru="Файл FIT повреждён. Скопируйте его с устройства ещё раз.",
    ),
    "bad_gzip": Text(
        en="The compressed file is damaged or ends too early. Upload the original again.",
        ru="Сжатый файл повреждён или обрывается. Загрузите исходный файл ещё раз.",
    ),
    "bad_time": Text(
        en="A point's time is not a date and time. Export the activity again.",
        ru="Время точки — не дата и время. Экспортируйте тренировку ещё раз.",
    ),
    "bad_xml": Text(
        en="The file is damaged near line {line}. Export it again.",
        ru="Файл повреждён около строки {line}. Экспортируйте его ещё раз.",
    ),
    "empty_file": Text(en="The file is empty. Export it again.", ru="Файл пуст. Экспортируйте его ещё раз."),
    "file_broken": Text(
        en="We could not work through this file. The original is kept; support can look at it.",
        ru="Не удалось обработать этот файл. Оригинал сохранён, поддержка может его посмотреть.",
    ),
    "file_never_arrived": Text(
        en="The file never arrived. Announce the upload again and send the file within an hour.",
        ru="Файл так и не пришёл. Создайте загрузку заново и отправьте файл в течение часа.",
    ),
    "file_too_large": Text(
        en="The file is larger than 50 MB. Export it again with fewer extras, or split it.",
        ru="Файл больше 50 МБ. Экспортируйте его без лишнего или разделите.",
    ),
    "from_the_future": Text(
        en="The recording is from the future. Set the device's clock and correct it.",
        ru="Запись — из будущего. Настройте часы устройства и исправьте её дату.",
    ),
    "gzip_bomb": Text(
        en="The file unpacks to far more than a recording would. Upload it uncompressed.",
        ru="После распаковки файл намного больше любой записи. Загрузите его несжатым.",
    ),
    "lasts_no_time": Text(
        en="It lasts no time at all. Export the activity again, with all of its points.",
        ru="Она не длится нисколько. Экспортируйте тренировку ещё раз, со всеми точками.",
    ),
    "no_points": Text(
        en="The file holds no recorded points. Export the activity itself, not a route.",
        ru="В файле нет записанных точек. Экспортируйте саму тренировку, а не маршрут.",
    ),
    "no_times": Text(
        en="The points have no times: this is a route, not a recording. Export the activity.",
        ru="У точек нет времени: это маршрут, а не запись. Экспортируйте тренировку.",
    ),
    "not_an_activity": Text(
        en="This FIT file holds no activity (a course, a workout plan or settings).",
        ru="В этом файле FIT нет тренировки (это маршрут, план тренировки или настройки).",
    ),
    "nothing_left": Text(
        en="The stretch holds no recorded points. Choose a longer one.",
        ru="На этом отрезке нет записанных точек. Выберите отрезок длиннее.",
    ),
    "original_gone": Text(
        en="The original recording is not there any more. Upload it again.",
        ru="Исходной записи больше нет. Загрузите её ещё раз.",
    ),
    "hour_is_full": Text(
        en="The diary has too many workouts that start in that hour. Delete some of them first.",
        ru="В дневнике слишком много тренировок, начавшихся в этот час. Сначала удалите часть из них.",
    ),
    "quota_is_used_up": Text(
        en="Today's quota is used up. Send the file again after midnight UTC.",
        ru="Дневная норма исчерпана. Отправьте файл ещё раз после полуночи UTC.",
    ),
    "takes_too_long": Text(
        en="This recording takes too long to measure. Export it with fewer points, or split it.",
        ru="Эта запись обрабатывается слишком долго. Экспортируйте её с меньшим числом точек или разделите.",
    ),
    "too_large": Text(
        en="The file, unpacked, is larger than {mib} MiB.", ru="Файл в распакованном виде больше {mib} МиБ."
    ),
    "too_long": Text(
        en="The recording spans more than {days} days. Split it and upload the parts.",
        ru="Запись длиннее {days} дней. Разделите её и загрузите частями.",
    ),
    "too_many_files": Text(
        en="A workout is measured from at most {most} recordings. Replace it instead, or keep this one beside it.",
        ru="Тренировка измеряется не более чем по {most} записям. Замените её или сохраните эту запись отдельно.",
    ),
    "too_many_parts": Text(
        en="The file holds more than {most} activities or laps. Split it and upload the parts.",
        ru="В файле больше {most} тренировок или кругов. Разделите его и загрузите частями.",
    ),
    "too_many_points": Text(
        en="The file holds more than {most} points. Split it and upload the parts.",
        ru="В файле больше {most} точек. Разделите его и загрузите частями.",
    ),
    "too_many_sessions": Text(
        en="A file may hold at most {most} sessions. Split it and upload the parts.",
        ru="В файле может быть не больше {most} тренировок. Разделите его и загрузите частями.",
    ),
    "truncated_fit": Text(
        en="The FIT file ends too early. Copy it from the device again.",
        ru="Файл FIT обрывается. Скопируйте его с устройства ещё раз.",
    ),
    "unlike": Text(
        en="The recording shares no time with the workout that it was to be merged with. Replace it instead.",
        ru="Запись не пересекается по времени с тренировкой, с которой её нужно объединить. Замените её.",
    ),
    "unknown_format": Text(
        en="This is not a FIT, GPX or TCX file. Export the activity in one of these.",
        ru="Это не файл FIT, GPX или TCX. Экспортируйте тренировку в одном из этих форматов.",
    ),
    "workout_gone": Text(
        en="The workout that it was to correct is not in your diary any more.",
        ru="Тренировки, которую нужно исправить, больше нет в дневнике.",
    ),
    "xml_dtd": Text(
        en="The file declares a document type, which recordings never need. Export it again.",
        ru="В файле объявлен тип документа, записям он не нужен. Экспортируйте файл ещё раз.",
    ),
    "xml_text_too_long": Text(
        en="The file holds a text longer than any recording's. Export it again.",
        ru="В файле текст длиннее, чем бывает в записях. Экспортируйте файл ещё раз.",
    ),
    "xml_too_deep": Text(
        en="The file is nested deeper than any recording. Export it again.",
        ru="Вложенность файла глубже, чем бывает в записях. Экспортируйте файл ещё раз.",
    ),
}

LEFT_OUT: Final = {
    "repeated": Text(
        en="The file holds this activity twice; it counts once.",
        ru="Эта тренировка записана в файле дважды; она учтена один раз.",
    ),
    "session_without_time": Text(
        en="This session lasts no time, such as a transition that was skipped.",
        ru="Эта часть не длится нисколько, например пропущенная транзитная зона.",
    ),
    "summary_of_sessions": Text(
        en="This session only sums up the others.", ru="Эта часть лишь подводит итог остальным."
    ),
}
"""Beside refusals, which may be of a part as well."""

JOINED: Final = {
    "in_the_diary": Text(en="Your diary has this workout already.", ru="Эта тренировка уже есть в дневнике."),
    "merged": Text(en="It was merged into a workout of your diary.", ru="Она объединена с тренировкой из дневника."),
    "replaced": Text(
        en="It replaced the numbers of a workout of your diary.", ru="Она заменила числа тренировки из дневника."
    ),
}

NOTES: Final = {
    "points_at_wrong_times": Text(
        en="Points whose time cannot be right were left out: {count}.",
        ru="Точки, время которых не может быть верным, пропущены: {count}.",
    ),
    "points_from_the_future": Text(
        en="Points from the future were left out: {count}.", ru="Точки из будущего пропущены: {count}."
    ),
    "positions_nowhere": Text(
        en="The positions were left out: they are those of a machine, at 0, 0 or in one place.",
        ru="Координаты пропущены: это координаты тренажёра, 0, 0 или одно и то же место.",
    ),
    "recorded_after_the_stop": Text(
        en="Points from after you stopped were left out: {count}.",
        ru="Точки, записанные после остановки, пропущены: {count}.",
    ),
    "torn": Text(
        en="The file is damaged or ends too early. What could be read before counts.",
        ru="Файл повреждён или обрывается. Учтено то, что удалось прочитать до этого места.",
    ),
    "unread_numbers": Text(
        en="Readings with a text in a number's place were left out: {count}.",
        ru="Показания, где вместо числа стоит текст, пропущены: {count}.",
    ),
    "unread_times": Text(
        en="Points whose time could not be read were left out: {count}.",
        ru="Точки, время которых не удалось прочитать, пропущены: {count}.",
    ),
    "wrong_checksum": Text(
        en="The file's checksum is wrong: some of its values may be, too.",
        ru="Контрольная сумма файла неверна; некоторые значения могут быть неверны тоже.",
    ),
}

GUESSES: Final = {
    "sport_by_speed": Text(
        en="The recording names no sport; an average of {kmh:kmh} is usual for {sport}.",
        ru="В записи не указан вид спорта; средняя скорость {kmh:kmh} обычна для вида «{sport}».",
    ),
    "sport_unclear": Text(
        en="The recording names no sport, and its speed ({kmh:kmh} on average) does not tell which it was.",
        ru="В записи не указан вид спорта, и по скорости (в среднем {kmh:kmh}) его не определить.",
    ),
    "sport_without_way": Text(
        en="The recording names no sport, and no way that would tell which it was.",
        ru="В записи не указаны ни вид спорта, ни путь, по которому его можно определить.",
    ),
}

PICTURES: Final = {
    "photo_never_arrived": Text(
        en="The photo never arrived. Announce it again and send the file within a quarter of an hour.",
        ru="Фотография так и не пришла. Создайте её заново и отправьте файл в течение четверти часа.",
    ),
    "picture_broken": Text(
        en="The picture cannot be opened: the file is damaged or ends too early. Send it again.",
        ru="Снимок не открывается: файл повреждён или обрывается. Отправьте его ещё раз.",
    ),
    "picture_is_heic": Text(
        en="HEIC is not taken. Send the photo as a JPEG.",
        ru="Формат HEIC не принимается. Отправьте фотографию в формате JPEG.",
    ),
    "picture_too_large": Text(
        en="The picture has more than 50 million pixels or 20 MB. Send a smaller one.",
        ru="В снимке больше 50 миллионов точек или 20 МБ. Отправьте снимок меньшего размера.",
    ),
    "picture_type_unknown": Text(
        en="The file is no JPEG, PNG or WebP. Send the photo as one of them.",
        ru="Файл не в формате JPEG, PNG или WebP. Отправьте фотографию в одном из них.",
    ),
}

TEXTS: Final = FLAGS | REFUSALS | LEFT_OUT | JOINED | NOTES | GUESSES | PICTURES


def worded(reason: Reason, reader: Reader) -> str:
    """A code that is not known here, of another version, speaks for itself."""
    text = TEXTS.get(reason.code)
    if text is None:
        return reason.code
    values = dict(reason.values)
    if isinstance(kind := values.get("sport"), str):
        values["sport"] = sport_name(kind, reader.language)
    return in_words(text, values, reader)
