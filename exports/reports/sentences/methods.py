"""Sentences of the methods: what was planned and locked, and how the panel was asked."""

from delphi import __version__
from delphi.consensus.vocabulary import Denominator
from exports.record.record import Record, of_round
from exports.reports.sentences.words import Sentence, Write, counted, in_english, listed, on_day

FEEDBACK = {
    "own_rating": "their own rating",
    "distribution": "the distribution of the panel’s ratings",
    "quartiles": "the median and quartiles",
    "groups": "the ratings of each stakeholder group",
    "wording": "what had changed in the wording",
    "comments": "the released comments of other panelists",
}


def written(name: str) -> Write:
    """Take what the lead wrote in the protocol."""
    return lambda record: str(record.study.protocol.get("texts", {}).get(name, "")).strip() or None


def variant(record: Record) -> str | None:
    """Say what kind of study it was, and when."""
    days = [(r.opened_on, r.closed_on) for r in record.rounds if r.opened_on and r.closed_on]
    if not days:
        return None
    (first, _), (_, last) = days[0], days[-1]
    return (
        f"We conducted a Delphi study of {counted(len(days), 'round')}, online, between {on_day(first)} "
        f"and {on_day(last)}."
    )


def lock(record: Record) -> str | None:
    """Say when the protocol was locked, relative to the first invitation."""
    locked = record.study.locked_at
    opened = record.rounds[0].opened_on if record.rounds else None
    if locked is None or opened is None:
        return None
    days = (opened - locked.date()).days
    when = "on the day of" if days == 0 else f"{counted(days, 'day')} before"
    return (
        f"The protocol was locked on {on_day(locked)}, {when} the first invitation; "
        f"its fingerprint (SHA-256) begins with {(record.study.protocol_sha256 or '')[:12]}."
    )


def groups(record: Record) -> str | None:
    """Name the stakeholder groups."""
    names = record.study.groups
    return f"The panel comprised {counted(len(names), 'stakeholder group')}: {listed(names)}." if names else None


def first_statements(record: Record) -> str | None:
    """Say how many statements were asked first."""
    if not record.rounds:
        return None
    asked = of_round(record, record.rounds[0].number)
    return f"Round {record.rounds[0].number} put {counted(len(asked), 'statement')} to the panel." if asked else None


def scale(record: Record) -> str:
    """Describe the scale with its ends and its opt-out."""
    known = record.definition.scale
    ends = f"from {_end(known.lo, known.labels[0])} to {_end(known.hi, known.labels[-1])}"
    zones = ""
    if known.labels[0] == str(known.lo):  # options without words: the zones have them
        zones = f" ({', '.join(f'{members[0]}–{members[-1]} {name}' for name, members in known.bands)})"
    opt_out = f"answer “{known.opt_out}” instead, and " if known.opt_out else ""
    return (
        f"Statements were rated on a scale of {known.K} points {ends}{zones}; panelists could {opt_out}comment on each."
    )


def _end(value: int, label: str) -> str:
    return str(value) if label == str(value) else f"{value} ({label})"


def evidence(record: Record) -> str | None:
    """Say with how many statements evidence was shown."""
    asked = {one.statement for one in record.asked}
    shown = {one.statement for one in record.asked if one.evidence}
    return f"Evidence was shown with {len(shown)} of {counted(len(asked), 'statement')}." if shown else None


def languages(record: Record) -> str | None:
    """Name the languages of the study, and say how each translation was checked."""
    source, *others = (in_english(code) for code in record.study.languages or ("en",))
    if not others:
        return None
    notes = (f"{in_english(code)}: {note.rstrip('.')}." for code, note in record.study.checks.items())
    return " ".join((f"The study was written in {source} and translated into {listed(others)}.", *notes))


def feedback(record: Record) -> str | None:
    """Say what panelists were shown of the round before."""
    shown = [FEEDBACK[key] for key in FEEDBACK if key in record.study.feedback]
    return f"From round 2 on, panelists were shown {listed(shown)} of the round before." if shown else None


def consensus(record: Record) -> str:
    """State the locked rule."""
    when = "before round 1" if record.study.locked_at else "with no date"
    return f"The definition of consensus was locked {when}. {record.definition.describe()}"


def opt_outs(record: Record) -> str | None:
    """Say whether opt-outs stood in the denominator."""
    if not record.definition.scale.opt_out:
        return None
    inside = record.definition.denominator != Denominator.RATED
    return f"Answers of “{record.definition.scale.opt_out}” were {'' if inside else 'not '}counted in the denominator."


def settled(record: Record) -> str:
    """Say whether settled statements went on."""
    return {
        "stay": "Statements that reached consensus stayed in the questionnaire.",
        "leave": "Statements that reached consensus left the questionnaire.",
    }[record.study.settled]


def stopping(record: Record) -> str:
    """State the stopping rule."""
    rule = record.study.protocol.get("stopping_rule") or {}
    criteria = "; ".join(f"{name.replace('_', ' ')} {value} %" for name, value in rule.items())
    more = f" Further criteria: {criteria}." if rule else ""
    return f"The study was planned for at most {counted(record.study.maximum_rounds, 'round')}.{more}"


def anonymity(record: Record) -> str:
    """Say from whom answers were kept apart."""
    return (
        "Panelists were anonymous to each other; the study team worked with random codes and saw names and answers on no "
        f"page together. Nothing was shown of fewer than {record.study.smallest_cell} ratings."
    )


def analysis(record: Record) -> str:
    """Say which statistics, on whom."""
    return (
        "We report counts and percentages of every option, medians and interquartile ranges "
        f"(quantiles of type {record.definition.quantile_type}); panelists with at least one saved answer in a round were "
        "analysed, and missing answers were not imputed."
    )


def reminders(record: Record) -> str | None:
    """Say how many letters reminded."""
    sent = sum(r.reminders for r in record.rounds)
    return f"In all, {counted(sent, 'reminder')} {'was' if sent == 1 else 'were'} sent." if record.rounds else None


def software(record: Record) -> str:
    """Name the software."""
    del record
    return f"The study was run and analysed with Delphi, version {__version__}."


def deviations(record: Record) -> str:
    """List amendments, or say there were none."""
    if not record.amendments:
        return "There were no amendments to the protocol after its lock."
    reasons = "; ".join(f"({a.number}) {on_day(a.on)}: {a.reason}" for a in record.amendments)
    return f"The protocol was amended {counted(len(record.amendments), 'time')} after its lock: {reasons}."


METHODS: dict[str, Sentence] = {
    "variant": Sentence("dates of the rounds", variant),
    "aim": Sentence("aim", written("aim")),
    "rationale": Sentence("why a consensus exercise", written("rationale")),
    "registration": Sentence("registration, or that there was none", written("registration")),
    "lock": Sentence("date of the protocol's lock", lock),
    "steering": Sentence("steering group and its roles", written("steering")),
    "panel": Sentence("criteria for panelists, size and recruitment", written("panel")),
    "groups": Sentence("stakeholder groups", groups),
    "statements": Sentence("where the first statements came from", written("statements")),
    "first_statements": Sentence("number of first statements", first_statements),
    "scale": Sentence("scale", scale),
    "evidence": Sentence("", evidence),
    "languages": Sentence("", languages),
    "feedback": Sentence("feedback to panelists", feedback),
    "consensus": Sentence("definition of consensus", consensus),
    "opt_outs": Sentence("", opt_outs),
    "rule_rationale": Sentence("rationale of the consensus rule", written("rule_rationale")),
    "settled": Sentence("what happened to settled statements", settled),
    "stopping": Sentence("stopping rule", stopping),
    "anonymity": Sentence("anonymity", anonymity),
    "analysis": Sentence("statistics", analysis),
    "reminders": Sentence("reminders", reminders),
    "incentives": Sentence("incentives, or that there were none", written("incentives")),
    "accessibility": Sentence("adaptations for accessibility", written("accessibility")),
    "ethics": Sentence("ethics approval number", written("ethics")),
    "funding": Sentence("funding and role of the funder", written("funding")),
    "conflicts": Sentence("conflicts of interest and their handling", written("conflicts")),
    "software": Sentence("software", software),
    "deviations": Sentence("amendments", deviations),
}
