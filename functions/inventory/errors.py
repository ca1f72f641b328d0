from stadion.errors import ConflictError, NotFoundError
from stadion.i18n import Text


class GearNotFoundError(NotFoundError):
    code = "gear_not_found"
    title = Text(en="No such gear", ru="Снаряжение не найдено")
    explanation = Text(en="You have no gear with this id.", ru="У вас нет снаряжения с таким идентификатором.")


class ComponentNotFoundError(NotFoundError):
    code = "component_not_found"
    title = Text(en="No such component", ru="Деталь не найдена")
    explanation = Text(en="This gear has no component with this id.", ru="У этого снаряжения нет такой детали.")


class GearIdTakenError(ConflictError):
    code = "gear_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="You have another piece of gear with this id. Choose a new id.",
        ru="У вас уже есть другое снаряжение с этим идентификатором. Выберите новый.",
    )


class ComponentIdTakenError(ConflictError):
    code = "component_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="This gear has another component with this id. Choose a new id.",
        ru="У этого снаряжения уже есть другая деталь с этим идентификатором. Выберите новый.",
    )


class TooMuchGearError(ConflictError):
    code = "too_much_gear"
    title = Text(en="Too many components", ru="Слишком много деталей")
    explanation = Text(
        en="A piece of gear takes at most {most}.", ru="У одного снаряжения их может быть не больше {most}."
    )
