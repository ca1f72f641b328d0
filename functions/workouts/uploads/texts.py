"""Why an upload failed, for people. Codes come from `workouts.recordings.errors` and from here."""

from stadion.i18n import Language, Text

PROBLEMS: dict[str, Text] = {
    "file_never_arrived": Text(
        en="The file never arrived. Announce the upload again and send the file within an hour.",
        ru="Файл так и не пришёл. Создайте загрузку заново и отправьте файл в течение часа.",
    ),
    "file_too_large": Text(
        en="The file is larger than 50 MB. Export it again with fewer extras, or split it.",
        ru="Файл больше 50 МБ. Экспортируйте его без лишнего или разделите.",
    ),
    "file_broken": Text(
        en="We could not work through this file. The original is kept; support can look at it.",
        ru="Не удалось обработать этот файл. Оригинал сохранён, поддержка может его посмотреть.",
    ),
}


def problem_text(code: str, detail: str | None, language: Language) -> str:
    text = PROBLEMS.get(code)
    return text.say(language) if text is not None else (detail or code)
