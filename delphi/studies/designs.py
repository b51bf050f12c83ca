"""Study designs: the template library, and what a lead decides beside it."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import delphi
from delphi.consensus.shipped_scales import SCALES
from delphi.contents import scale_words
from delphi.contents.carrying import Carried
from delphi.model.statement import Kind
from delphi.model.study import CAREFUL, Level, Settled, Unsettled
from delphi.protocol import method
from delphi.statements.statements import NewStatement

ABOUT = "We ask a panel how far it agrees with a list of statements, in several rounds."
TASK = "In each round you rate statements and may say why."
LIBRARY = Path(delphi.__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class StudyTemplate:
    """A study design of the template library, one folder each."""

    key: str
    title: str
    scale: str
    rule: str
    information: str
    language: str | None = None  # of a copy; a design of the library is begun in any
    scale_words: dict[str, str] = field(default_factory=dict)
    translations: Carried = field(default_factory=dict)
    consent: str = ""
    summary: str = ""
    method: str = ""
    usual_changes: str = ""
    place: int = 0
    notice: str = ""
    rule_settings: dict[str, Any] = field(default_factory=dict)
    rounds: int = 3
    smallest_cell: int = 5
    minimum_n: int = 5
    level: str = "sealed"
    caution: int = CAREFUL
    settled: str = "stay"
    unsettled: str = "rate_again"
    denominator: str = "rated"
    quantile_type: int = 7
    stopping_rule: dict[str, str] = field(default_factory=dict)
    feedback: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    targets: dict[str, int] = field(default_factory=dict)
    public_groups: tuple[str, ...] = ()
    characteristics: tuple[dict[str, Any], ...] = ()
    item_noun: str = "statement"
    person_noun: str = "panelist"
    asks: dict[str, Any] = field(default_factory=dict)  # other columns on what panelists are asked and promised
    statements: tuple[NewStatement, ...] = ()

    def rule_in_words(self) -> str:
        """Say the consensus rule in one sentence."""
        columns = method_columns(self, StudyPlan(self.key, self.title, "", ""))
        return method.definition_from(columns).describe()


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What a lead decides when creating a study, beside the template."""

    slug: str
    title: str
    lead_name: str
    contact_email: str
    language: str = "en"
    time_zone: str = "UTC"
    simulated: bool = False
    rehearsal_of: int | None = None
    notice: str = ""
    method: Mapping[str, Any] = field(default_factory=dict)  # what differs from the template, by column of the study


@cache
def templates() -> dict[str, StudyTemplate]:
    """Read the template library."""
    designs = sorted((_template(path) for path in LIBRARY.glob("*/study.toml")), key=lambda design: design.place)
    return {design.key: design for design in designs}


def _template(path: Path) -> StudyTemplate:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    listed = path.with_name("statements.csv")
    rows = list(csv.DictReader(listed.read_text(encoding="utf-8").splitlines())) if listed.exists() else []
    first = [row for row in rows if row["version"] == "1" and not _comes_from_others(row, rows)]
    about, task = data.pop("about", ABOUT), data.pop("task", TASK)
    information = (LIBRARY / "information.txt").read_text(encoding="utf-8")
    plain: dict[str, Any] = {
        "information": information.replace("{about}", about).replace("{task}", task),
        "consent": (LIBRARY / "consent.txt").read_text(encoding="utf-8"),
    } | {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return StudyTemplate(
        **plain,
        statements=tuple(
            NewStatement(
                code=row["code"],
                text=row["text"],
                kind=Kind(row["kind"]),
                section=row["section"],
                help=row["help"],
                enters_round=int(row["first_round"]),
            )
            for row in first
        ),
    )


def _comes_from_others(row: dict[str, str], rows: Sequence[dict[str, str]]) -> bool:
    """Whether a planned statement is the outcome of a merge: the lead makes it at the desk, it is not there before."""
    return any(other["becomes"] == row["code"] != other["code"] for other in rows)


def method_columns(template: StudyTemplate, plan: StudyPlan) -> dict[str, Any]:
    """Choose the method by column of the study: the plan's, else the template's, else the scale's own rule."""
    columns: dict[str, Any] = {
        "scale": template.scale,
        "rule": template.rule,
        "rule_settings": template.rule_settings,
        "quantile_type": template.quantile_type,
        "denominator": template.denominator,
        "maximum_rounds": template.rounds,
        "smallest_cell": template.smallest_cell,
        "minimum_n": template.minimum_n,
        "level": Level(template.level),
        "caution": template.caution,
        "settled": Settled(template.settled),
        "unsettled": Unsettled(template.unsettled),
        "stopping_rule": dict(template.stopping_rule),
        "feedback_plan": list(template.feedback),
    } | dict(plan.method)
    return columns | _words_columns(template, plan, columns["scale"]) | _rule_columns(template, plan, columns)


def _words_columns(template: StudyTemplate, plan: StudyPlan, scale: str) -> dict[str, Any]:
    """Choose the words of the scale: a copy in its language keeps its own, others begin with those of their language."""
    if scale == template.scale and template.language is not None:
        return {"scale_words": dict(template.scale_words)}
    return {"scale_words": scale_words.shipped(SCALES[scale], template.language or plan.language)}


def _rule_columns(template: StudyTemplate, plan: StudyPlan, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Choose rule and settings; those of another scale or rule say nothing of this one."""
    scale = SCALES[columns["scale"]]
    rule, settings = columns["rule"], columns["rule_settings"]
    if scale.key != template.scale and "rule" not in plan.method:
        rule = ""
    rule = rule or scale.rule
    if rule != template.rule and "rule_settings" not in plan.method:
        settings = {}
    if not settings and rule == scale.rule:
        settings = dict(scale.settings)
    return {"rule": rule, "rule_settings": settings}
