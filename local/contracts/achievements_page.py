"""The catalogue of achievements as a page: `docs/achievements.html`, which loads nothing and needs no scripts."""

import json
from html import escape
from pathlib import Path
from typing import Final

from gamification.achievements.base.icons import svg
from gamification.achievements.base.values import AchievementRepeat, Rule
from gamification.achievements.base.words import explain, goal
from gamification.achievements.rules.catalogue import FOLDER, catalogue
from stadion.i18n import Language
from stadion.rewards import REWARDS
from stadion.units import ANYBODY, KnownReader

HEADS: Final = {
    "1_firsts": ("Firsts", "Первые шаги"),
    "2_distances": ("Distances", "Расстояния"),
    "3_feats": ("Feats", "Свершения"),
    "4_habits": ("Habits", "Привычки"),
    "5_days_and_places": ("Days and places", "Дни и места"),
    "6_hidden": ("Hidden", "Скрытые"),
}
REPEATS: Final = {AchievementRepeat.EACH_WINDOW: "each time anew", AchievementRepeat.EACH_MULTIPLE: "again and again"}
STYLE: Final = """
:root { color-scheme: light dark; --ink: #1f2937; --soft: #64748b; --line: #e2e8f0; --card: #fff; --page: #f8fafc }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e7eb; --soft: #94a3b8; --line: #334155; --card: #1e293b; --page: #0f172a }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1180px; padding: 32px 24px 64px; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
h1 { margin: 0 0 4px; font-size: 30px } h2 { margin: 40px 0 14px; font-size: 21px }
h2 span, .lead { color: var(--soft); font-weight: 400 }
.lead { margin: 0; max-width: 70ch }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 14px }
article { display: grid; grid-template-columns: 84px 1fr; gap: 4px 16px; padding: 16px; border: 1px solid var(--line);
  border-radius: 16px; background: var(--card) }
article > svg { width: 84px; height: 84px }
h3 { margin: 0; font-size: 16px; line-height: 1.25 } h3 small { display: block; color: var(--soft); font-weight: 400;
  font-size: 14px; margin-top: 1px }
p { margin: 6px 0 0; font-size: 14px } p.ru { color: var(--soft); margin-top: 2px }
footer { grid-column: 1 / -1; margin-top: 8px; padding-top: 8px; border-top: 1px solid var(--line);
  color: var(--soft); font-size: 12.5px; align-self: end }
.chips { display: flex; flex-wrap: wrap; gap: 5px; margin: 8px 0 2px; padding: 0; list-style: none }
.chips li { padding: 1px 9px; border-radius: 99px; border: 1px solid var(--line); font-size: 12px; white-space: nowrap }
.chips .good { border-color: #b45309; color: #b45309 }
code { font-size: 12px }
"""


def page() -> str:
    parts = [_part(path) for path in sorted(FOLDER.glob("*.json"))]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<title>Achievements</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>Achievements</h1>\n"
        f'<p class="lead">{len(catalogue())} that come with the code, each with its rule. Written by'
        " <code>stadion contracts write</code> out of <code>functions/gamification/achievements</code>.</p>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _part(path: Path) -> str:
    ids = [one["id"] for one in json.loads(path.read_text(encoding="utf-8"))]
    newest = {rule.id: rule for rule in catalogue() if rule.id in ids and not rule.retired}
    english, russian = HEADS[path.stem]
    cards = "\n".join(_card(rule) for rule in newest.values())
    return f'<h2>{english} <span lang="ru">· {russian}</span></h2>\n<div class="grid">\n{cards}\n</div>'


def _card(rule: Rule) -> str:
    russian = KnownReader(Language.RU)
    return (
        f'<article id="{rule.id}">{svg(rule.icon)}<div>'
        f'<h3>{escape(rule.title.en)} <small lang="ru">{escape(rule.title.ru)}</small></h3>'
        f'<p>{escape(rule.text.en)}</p><p class="ru" lang="ru">{escape(rule.text.ru)}</p>{_chips(rule)}</div>'
        f"<footer><code>{rule.id}</code> · {escape(explain(rule, ANYBODY))}<br>"
        f'<span lang="ru">{escape(explain(rule, russian))}</span></footer></article>'
    )


def _chips(rule: Rule) -> str:
    levels = [goal(rule, target, ANYBODY) or "" for target in rule.targets] if rule.tiers is not None else []
    chips = [f"<li>{escape(level)}</li>" for level in levels]
    if rule.repeat in REPEATS:
        chips.append(f"<li>{REPEATS[rule.repeat]}</li>")
    if rule.reward is not None:
        chips.append(f'<li class="good">{escape(REWARDS[rule.reward].title.en)}</li>')
    return f'<ul class="chips">{"".join(chips)}</ul>' if chips else ""
