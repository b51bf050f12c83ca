"""What a page of results says besides its lines: how many have each outcome and grade, the key, the rule."""

from typing import Any

from delphi.consensus.rules.base import Rule
from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.contents.reading import Contents
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from rounds.feedback.bar_parts import key_of, side_key
from rounds.feedback.result_lines import ResultLine, by_section, counted, first_words, graded
from rounds.questionnaire.released import PanelResults

AGREEMENT = Scale.__dataclass_fields__["zone_names"].default  # a scale of agreement calls its sides so


def result_facts(study: Study, results: PanelResults, wanted: str, contents: Contents) -> dict[str, Any]:
    """What the templates of results need, for the outcome that the reader asked for."""
    definition, counts = definition_of(study), counted(results.lines)
    scale = contents.scale(study)
    shown = [line for line in results.lines if wanted in ("", line.verdict)]
    return {
        "scale": scale,
        "sections": by_section(shown),
        "everything": len(results.lines),
        "counts": counts,
        "outcomes": {"": len(results.lines)} | counts if len(counts) > 1 else {},
        "verdict": wanted,
        "grades": grades_of(definition.rule, results.lines),
        "agreement": SCALES[study.scale].zone_names == AGREEMENT,
        "key": key_of(scale, (result.bar for line in shown for result in line.path)),
        "group_key": side_key(scale),
        "agreeing": _agreeing(scale),
        "rule": definition.describe(),
        "comments": results.comments,
        "shared": results.shared,
        "first_words": first_words,
    }


def grades_of(rule: Rule, lines: list[ResultLine]) -> list[tuple[str, str, int]]:
    """Letter, lowest per cent and number of statements of each grade, where the rule has grades."""
    letters, bands = getattr(rule, "letters", ()), getattr(rule, "bands", ())
    return list(graded(lines, letters, bands)) if rule.has_grades and letters else []


def _agreeing(scale: Scale) -> list[str]:
    """The answers that the share of a line counts, the strongest first; numbers as a span."""
    if scale.numbered:
        return [f"{scale.combined[0]}–{scale.combined[-1]}"]
    return [scale.labels[value - scale.lo] for value in reversed(scale.combined)]
