from collections.abc import Sequence

from gamification.achievements.base.problems import Problem
from stadion.errors import ConflictError, InvalidError, NotFoundError
from stadion.i18n import Language, Text


class AchievementNotFoundError(NotFoundError):
    code = "achievement_not_found"
    title = Text(en="No such achievement", ru="Достижение не найдено")
    explanation = Text(en="There is no achievement with this name.", ru="Достижения с таким именем нет.")


class RuleProblemsError(InvalidError):
    """A rule that is well-formed and wrong."""

    code = "achievement_rule_is_invalid"
    title = Text(en="The rule would be refused", ru="Правило не принято")
    explanation = Text(
        en="{count} things are wrong with the rule; see errors.", ru="В правиле есть ошибки ({count}); смотрите errors."
    )

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))

    def places(self, language: Language) -> list[dict[str, str]]:
        return [{"pointer": one.pointer, "code": one.code, "detail": one.text.say(language)} for one in self.problems]


class TooManyRulesError(ConflictError):
    code = "too_many_achievements"
    title = Text(en="Too many achievements", ru="Слишком много достижений")
    explanation = Text(
        en="There are {most} achievements, or {versions} versions of them, already. Retire some first.",
        ru="Уже есть {most} достижений или {versions} их версий. Сначала отмените лишние.",
    )


class RetiredAchievementError(ConflictError):
    code = "achievement_is_needed"
    title = Text(en="Others need it", ru="Достижение нужно другим")
    explanation = Text(
        en="These need it: {users}. Retire them first.", ru="Оно нужно для: {users}. Сначала отмените их."
    )


class AchievementNameDiffersError(InvalidError):
    code = "achievement_name_differs"
    title = Text(en="Another name", ru="Другое имя")
    explanation = Text(en="The rule's id is not that of the address.", ru="id правила не совпадает с адресом.")
