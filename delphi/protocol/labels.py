"""Words for what the protocol calls by key: labels and hints of its parts, of a rule's settings, of roles."""

from typing import NamedTuple

from delphi.model.study import ItemNoun, Level, PersonNoun
from delphi.web.language import gettext as _


class Label(NamedTuple):
    """How a page names a field, and what it says below."""

    label: str
    hint: str = ""


def text_labels() -> dict[str, Label]:
    """Name the texts of the protocol."""
    return {
        "aim": Label(_("Aim"), _("What the panel is to find out, in two sentences")),
        "rationale": Label(_("Why a Delphi study"), _("Why this method, this number of rounds, this scale")),
        "steering": Label(_("Who directs the study"), _("Team and steering group: roles, expertise, who decides what")),
        "panel": Label(_("Panel"), _("Who may be a member, how many of each group and why, how they are found")),
        "statements": Label(
            _("Where the statements come from"), _("Search, interviews, earlier work; who wrote and tested them")
        ),
        "rule_rationale": Label(_("Why this consensus rule"), _("Why this threshold and this way to count")),
        "registration": Label(_("Registration"), _("Registry, number, link and date, or the words “not registered”")),
        "incentives": Label(_("What panelists receive"), _("Payment, gifts, acknowledgement; or nothing")),
        "accessibility": Label(_("Accessibility"), _("Languages, formats and help that are offered")),
        "ethics": Label(_("Ethics"), _("Committee, number and date, or why no approval was needed")),
        "funding": Label(_("Funding"), _("Who pays, grant number, and what the funder decides")),
        "conflicts": Label(_("Conflicts of interest"), _("Of the team and of the panel, and how they are handled")),
        "retention": Label(_("Retention"), _("How long names and answers are kept, and who deletes them")),
    }


def method_labels() -> dict[str, str]:
    """Name the columns of the method."""
    return {
        "scale": _("Scale"),
        "scale_words": _("Words of the scale"),
        "rule": _("Consensus rule"),
        "rule_settings": _("Settings of the rule"),
        "denominator": _("Shares are of those who"),
        "quantile_type": _("Quantile type"),
        "minimum_n": _("Fewest ratings for a verdict"),
        "smallest_cell": _("Smallest number of people of whom anything is shown"),
        "maximum_rounds": _("Rounds at most"),
        "stopping_rule": _("Stopping rule"),
        "settled": _("Statements with consensus"),
        "unsettled": _("Statements without consensus"),
        "feedback_plan": _("What the panel sees of the round before"),
        "withdrawal_choices": _("What becomes of the answers of somebody who leaves"),
    }


def setting_labels() -> dict[str, str]:
    """Name the settings of rules; what stands nowhere here is named by its key."""
    return {
        "agree_set": _("Options that count as agreement"),
        "disagree_set": _("Options that count as disagreement"),
        "threshold": _("Threshold in per cent"),
        "disagree_threshold": _("Threshold for out, in per cent (empty: the same)"),
        "strict": _("More than the bound, not just at the bound"),
        "bands": _("Lowest per cent of each grade, highest grade first"),
        "letters": _("Letters, that of unanimity first"),
        "gaps": _("Between the grades"),
        "super_set": _("Options of the super-majority"),
        "super_majority": _("Super-majority in per cent"),
        "super_strict": _("The super-majority is more than its bound"),
        "include": _("Per cent that must rate high (for out: low)"),
        "exclude": _("Per cent that the other side must stay below"),
        "high": _("High zone"),
        "low": _("Low zone"),
        "require": _("Groups that must agree"),
        "named": _("Names of these groups"),
        "variant": _("Variant"),
        "rule": _("Rule asked of each group"),
        "rules": _("Rules, separated by commas"),
        "max_iqr": _("Widest interquartile range"),
        "near": _("Interquartile range that is nearly consensus (empty: none)"),
        "min_median": _("Median for in, at least"),
        "max_median": _("Median for out, at most"),
        "min_mean": _("Mean for in, at least"),
        "max_mean": _("Mean for out, at most"),
        "max_sd": _("Largest standard deviation"),
        "max_cv": _("Largest coefficient of variation"),
        "k": _("Distance from the median"),
        "alpha": _("Level of the critical value"),
        "disagreement": _("How disagreement is found"),
        "cutoffs": _("Cut-offs"),
        "allow_extrapolation": _("Judge panels beyond the table"),
        "denominator": _("Votes that count"),
    }


def feedback_labels() -> dict[str, str]:
    """Name the forms of feedback."""
    return {
        "own_rating": _("the own answer"),
        "wording": _("what changed in the wording"),
        "distribution": _("how the panel answered, as a figure and in numbers"),
        "quartiles": _("the middle answer and the middle half"),
        "groups": _("how each group answered, where nobody can be told"),
        "comments": _("released comments, without a name"),
    }


def choice_labels() -> dict[str, str]:
    """Name the words that stand in lists."""
    return {
        "rated": _("rated"),
        "answered": _("rated or chose the opt-out"),
        "shown": _("were shown the statement"),
        "stay": _("stay in the next rounds"),
        "leave": _("are not asked again"),
        "rate_again": _("are rated again"),
        "revise": _("are revised and rated again"),
    }


def stopping_labels() -> dict[str, Label]:
    """Name the criteria of the stopping rule."""
    return {
        "consensus_share": Label(_("Statements with consensus, in per cent"), _("Enough to stop; empty: no criterion")),
        "stable_share": Label(
            _("Statements that no longer move, in per cent"), _("Enough to stop; empty: no criterion")
        ),
        "response_floor": Label(_("Response, in per cent"), _("Below it the study stops; empty: no criterion")),
    }


def item_nouns() -> dict[ItemNoun, str]:
    """Name what a panel rates."""
    return {
        ItemNoun.STATEMENT: _("statements"),
        ItemNoun.OUTCOME: _("outcomes"),
        ItemNoun.INDICATION: _("indications"),
    }


def person_nouns() -> dict[PersonNoun, str]:
    """Name the members of a panel."""
    return {
        PersonNoun.PANELIST: _("panelists"),
        PersonNoun.PARTICIPANT: _("participants"),
        PersonNoun.EXPERT: _("experts"),
    }


def level_labels() -> dict[Level, str]:
    """Name the levels of anonymity."""
    return {Level.SEALED: _("sealed"), Level.SEPARATED: _("separated duties"), Level.OPEN_ROWS: _("open rows")}


def verdict_labels() -> dict[str, str]:
    """Name the verdicts."""
    return {"in": _("in"), "out": _("out"), "none": _("no consensus"), "too_few": _("too few ratings")}
