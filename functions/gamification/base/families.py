"""Families of sports in words, as they stand inside a sentence."""

from typing import Final

from stadion.i18n import Text
from stadion.sports import Family

FAMILIES: Final = {
    Family.RUN: Text(en="running", ru="бег"),
    Family.RIDE: Text(en="cycling", ru="велоспорт"),
    Family.WALK: Text(en="walking and hiking", ru="ходьба и походы"),
    Family.SWIM: Text(en="swimming", ru="плавание"),
    Family.SNOW: Text(en="snow sports", ru="снежные виды"),
    Family.SKATE: Text(en="skating", ru="коньки и ролики"),
    Family.PADDLE: Text(en="paddling and rowing", ru="гребля"),
    Family.WIND_AND_WAVE: Text(en="wind and waves", ru="ветер и волны"),
    Family.RACKET: Text(en="racket sports", ru="ракеточные виды"),
    Family.BALL: Text(en="ball games", ru="игры с мячом"),
    Family.GYM: Text(en="the gym", ru="зал"),
    Family.CLIMB: Text(en="climbing", ru="скалолазание"),
    Family.UNKNOWN: Text(en="unnamed sports", ru="спорт без названия"),
}
