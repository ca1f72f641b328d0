"""The rules of XP and levels in words: what is published, and why a workout counts what it counts."""

from typing import Final

from gamification.base.effort import BASES
from gamification.xp.domain import HIGHEST, XP_PER_DAY, Counted
from stadion.i18n import Language, Text
from stadion.units import KnownReader, worded

XP: Final = Text(
    en="XP of a workout are its moving minutes × the weight of its sport × the effort. Workouts with implausible"
    " values earn none.",
    ru="XP тренировки: минуты в движении × вес вида спорта × усилие. Тренировки с неправдоподобными значениями XP не"
    " приносят.",
)
DAY: Final = Text(
    en="A day counts up to {most} XP: its workouts in the order of their starts, until it is full. The rest is"
    " remembered: when a workout is deleted, the others count instead.",
    ru="День засчитывает до {most} XP: тренировки в порядке начала, пока он не заполнится. Остальное не пропадает: если"
    " удалить тренировку, вместо неё засчитаются другие.",
)
EFFORT: Final = Text(
    en="The effort is that of the zone of the average heart rate, by the best that is known of you on the day of the"
    " workout, in the order of this list; without a heart rate it is 1. What you measure later changes nothing that was"
    " scored; only a correction of the workout's heart rate or day asks again.",
    ru="Усилие определяется зоной среднего пульса по лучшему, что о вас известно на день тренировки, в порядке этого"
    " списка; без пульса оно равно 1. Измеренное позже не меняет засчитанного; заново усилие определяется, только если"
    " исправлены пульс или день тренировки.",
)
LEVEL: Final = Text(
    en="Level n begins at 50·(n − 1)·n XP, up to level {highest}. When XP go, the level goes, and its reward; both come"
    " back with the XP.",
    ru="Уровень n начинается с 50·(n − 1)·n XP, до уровня {highest}. Если XP уменьшаются, уровень и его награда уходят;"
    " вместе с XP они возвращаются.",
)
FLAGGED: Final = Text(
    en="It has implausible values and earns no XP.",
    ru="В ней неправдоподобные значения, и XP она не приносит.",
)
SUM: Final = Text(
    en="{minutes} min × {weight} × {effort} = {xp} XP.",
    ru="{minutes} мин × {weight} × {effort} = {xp} XP.",
)
ZONE: Final = Text(en="The effort is zone {zone}, by {basis}.", ru="Усилие — зона {zone} по {basis}.")
CUT: Final = Text(en="{xp} of them count: a day counts up to {most}.", ru="Засчитано {xp}: день засчитывает до {most}.")


def said(language: Language) -> dict[str, str]:
    return {
        "xp": XP.say(language),
        "day": DAY.say(language, most=XP_PER_DAY),
        "effort": EFFORT.say(language),
        "level": LEVEL.say(language, highest=HIGHEST),
    }


def why(one: Counted, language: Language, *, agrees: bool) -> str:
    """`agrees`: whether what rests on health data may be told."""
    score = one.score
    if score.against:
        return FLAGGED.say(language)
    summed = {
        "minutes": round(score.moving_time_s / 60, 1),
        "weight": score.weight,
        "effort": score.effort,
        "xp": score.xp,
    }
    told = [worded(SUM, summed, KnownReader(language))]
    if agrees and score.zone is not None and score.basis is not None:
        told.append(ZONE.say(language, zone=score.zone, basis=BASES[score.basis].say(language)))
    if one.xp < score.xp:
        told.append(CUT.say(language, xp=one.xp, most=XP_PER_DAY))
    return " ".join(told)
