from stadion.errors import InvalidError
from stadion.i18n import Text


class WrongCodeError(InvalidError):
    code = "code_is_wrong"
    title = Text(en="Code is wrong", ru="Неверный код")
    explanation = Text(
        en="The code is wrong or no longer valid. Ask for a new one.",
        ru="Код неверен или устарел. Запросите новый.",
    )
