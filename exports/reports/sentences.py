"""Sentences of a manuscript, one a fact; a sentence whose facts are missing is None and becomes a gap (REPORTING 4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from delphi import __version__
from delphi.consensus.table.result_row import ResultRow
from delphi.statistics.base.exact import mean_share, round_half_up
from exports.record.facts import Invitation, RoundFacts
from exports.record.record import Record, base_of, last_round, of_round
from exports.tables.printing import printed_percent

Write = Callable[[Record], str | None]
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FEEDBACK = {
    "own_rating": "their own rating",
    "distribution": "the distribution of the panel’s ratings",
    "quartiles": "the median and quartiles",
    "groups": "the ratings of each stakeholder group",
    "wording": "what had changed in the wording",
    "comments": "the released comments of other panelists",
}


@dataclass(frozen=True)
class Sentence:
    """A sentence, and what it is about when it is missing."""

    gap: str
    write: Write


def counted(n: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun, numbers below ten in words.

    Examples
    --------
    >>> counted(1, "round"), counted(12, "round")
    ('one round', '12 rounds')
    """
    number = NUMBERS[n] if n < len(NUMBERS) else str(n)
    return f"{number} {one if n == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Join words with commas and a last “and”."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def written(name: str) -> Write:
    """Take what the lead wrote in the protocol."""
    return lambda record: str(record.study.protocol.get("texts", {}).get(name, "")).strip() or None


def variant(record: Record) -> str | None:
    """Say what kind of study it was, and when."""
    ran = [r for r in record.rounds if r.opened_on and r.closed_on]
    if not ran:
        return None
    first, last = ran[0], ran[-1]
    return (
        f"We conducted a Delphi study of {counted(len(ran), 'round')}, online, between {first.opened_on:%-d %B %Y} "
        f"and {last.closed_on:%-d %B %Y}."
    )


def lock(record: Record) -> str | None:
    """Say when the protocol was locked, relative to the first invitation."""
    locked = record.study.locked_at
    opened = record.rounds[0].opened_on if record.rounds else None
    if locked is None or opened is None:
        return None
    days = (opened - locked.date()).days
    said = "on the day of" if days == 0 else f"{counted(days, 'day')} before"
    return (
        f"The protocol was locked on {locked:%-d %B %Y}, {said} the first invitation; "
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


def feedback(record: Record) -> str | None:
    """Say what panelists were shown of the round before."""
    shown = [FEEDBACK[key] for key in FEEDBACK if key in record.study.feedback]
    return f"From round 2 on, panelists were shown {listed(shown)} of the round before." if shown else None


def consensus(record: Record) -> str:
    """Give the locked rule."""
    when = "before round 1" if record.study.locked_at else "with no date"
    return f"The definition of consensus was locked {when}. {record.definition.describe()}"


def opt_outs(record: Record) -> str | None:
    """Say whether opt-outs stood in the denominator."""
    if not record.definition.scale.opt_out:
        return None
    inside = record.definition.denominator != "rated"
    return f"Answers of “{record.definition.scale.opt_out}” were {'' if inside else 'not '}counted in the denominator."


def settled(record: Record) -> str:
    """Say whether settled statements went on."""
    return {
        "stay": "Statements that reached consensus stayed in the questionnaire.",
        "leave": "Statements that reached consensus left the questionnaire.",
    }[record.study.settled]


def stopping(record: Record) -> str:
    """Give the stopping rule."""
    rule = record.study.protocol.get("stopping_rule") or {}
    said = "; ".join(f"{name.replace('_', ' ')} {value} %" for name, value in rule.items())
    more = f" Further criteria: {said}." if rule else ""
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
    said = "; ".join(f"({a.number}) {a.on:%-d %B %Y}: {a.reason}" for a in record.amendments)
    return f"The protocol was amended {counted(len(record.amendments), 'time')} after its lock: {said}."


def share(k: int, n: int) -> str:
    """Write k of n with its percentage to one decimal."""
    return f"{k} ({round_half_up(100 * k / n, 1)} %)" if n else str(k)


def response(record: Record) -> str | None:
    """Say how many of the invited completed each round."""
    found = [(r, [p for p in record.invitations if p.round == r.number]) for r in record.rounds]
    said = [_response(r, here) for r, here in found if here]
    return f"{said[0][0].upper()}{said[0][1:]}{''.join(f'; {more}' for more in said[1:])}." if said else None


def _response(round_: RoundFacts, here: list[Invitation]) -> str:
    complete, started = sum(p.complete for p in here), sum(p.started for p in here)
    return (
        f"of {len(here)} panelists invited to round {round_.number}, {share(started, len(here))} answered and "
        f"{share(complete, len(here))} completed it"
    )


def dates(record: Record) -> str | None:
    """Say when each round ran."""
    said = [
        f"round {r.number} from {r.opened_on:%-d %B %Y} to {r.closed_on:%-d %B %Y}"
        + (f" ({counted(r.extensions, 'extension')})" if r.extensions else "")
        for r in record.rounds
        if r.opened_on and r.closed_on
    ]
    return f"The rounds ran as follows: {listed(said)}." if said else None


def changes(record: Record) -> str | None:
    """Say how many statements entered, changed and left."""
    if not record.rounds:
        return None
    said = []
    for r in record.rounds:
        rows = of_round(record, r.number)
        relations = [row.relation for row in rows]
        parts = [
            counted(n, word, word)
            for word, n in (
                ("reworded", sum(x.startswith("reworded") for x in relations)),
                ("from a merger", relations.count("merged")),
                ("from a split", relations.count("split")),
                ("new", relations.count("new") if r.number > record.rounds[0].number else 0),
            )
            if n
        ]
        said.append(
            f"{counted(len(rows), 'statement')} in round {r.number}" + (f" ({', '.join(parts)})" if parts else "")
        )
    return f"The panel rated {listed(said)}."


def verdicts(record: Record) -> str | None:
    """Count final verdicts, grades and dissent."""
    rows = of_round(record, last_round(record))
    judged = [row for row in rows if row.verdict is not None]
    if not judged:
        return None
    by = {word: sum(row.verdict == word for row in judged) for word in ("in", "out", "none", "too_few")}
    every = by["in"] == len(judged) > 1
    reached = (
        f"all {len(judged)} statements"
        if every
        else f"{share(by['in'], len(judged))} of {counted(len(judged), 'statement')}"
    )
    said = [f"{reached} reached consensus"]
    said += [f"{by['out']} reached consensus against"] if by["out"] else []
    said += [f"{by['none']} did not"] if by["none"] else []
    said += [f"{by['too_few']} had too few ratings"] if by["too_few"] else []
    grades = _grades(judged)
    return f"After round {last_round(record)}, {', '.join(said)}.{grades}"


def _grades(rows: list[ResultRow]) -> str:
    found: dict[str, int] = {}
    for row in rows:
        if row["grade"]:
            found[row["grade"]] = found.get(row["grade"], 0) + 1
    if not found:
        return ""
    order = sorted(found, key=lambda grade: (grade != "U", grade))
    return f" Grades: {', '.join(f'{grade} {found[grade]}' for grade in order)}."


def means(record: Record) -> str | None:
    """Give the mean of combined agreement per round, of unrounded shares."""
    said = []
    for r in record.rounds:
        rows = [row for row in of_round(record, r.number) if row.agreeing is not None]
        mean = mean_share([(row.agreeing or 0, base_of(record.definition, row)) for row in rows])
        if mean is not None:
            said.append(f"{round_half_up(mean, 1)} % in round {r.number} ({counted(len(rows), 'statement')})")
    return f"Mean combined agreement, over unrounded shares, was {listed(said)}." if said else None


def not_qualified(record: Record) -> str | None:
    """Give the range of opt-outs."""
    shares = [row["nq_pct"] for row in of_round(record, last_round(record)) if row["nq_pct"] is not None]
    if not shares or not record.definition.scale.opt_out:
        return None
    low, high = printed_percent(min(shares)), printed_percent(max(shares))
    return f"Between {low} and {high} % of those who answered a statement chose “{record.definition.scale.opt_out}”."


def nq_sensitivity(record: Record) -> str | None:
    """Say what counting opt-outs would have changed in the shares."""
    rows = [
        r for r in of_round(record, last_round(record)) if r["combined_pct_nq_in"] is not None and r["combined_pct"]
    ]
    moved = [r for r in rows if r["combined_pct_nq_in"] < r["combined_pct"]]
    if not rows or not record.definition.scale.opt_out:
        return None
    lowest = printed_percent(min(r["combined_pct_nq_in"] for r in rows))
    return (
        f"With “{record.definition.scale.opt_out}” in the denominator, agreement would have been lower for "
        f"{counted(len(moved), 'statement')}; the lowest would have been {lowest} %."
    )


def stable(record: Record) -> str | None:
    """Say how much moved between the last two rounds."""
    rows = [row for row in of_round(record, last_round(record)) if row["changed_pct"] is not None]
    if not rows:
        return None
    moved = [row["changed_pct"] for row in rows]
    settled_rows = sum(row["stable"] == "stable" for row in rows)
    return (
        f"Among those who rated a statement in the last two rounds, between {printed_percent(min(moved))} and "
        f"{printed_percent(max(moved))} % changed their rating; {settled_rows} of {len(rows)} comparable statements were stable."
    )


def commented(record: Record) -> str | None:
    """Count comments, from the smallest cell upwards."""
    n = len(record.comments)
    return f"The panel wrote {n} comments that were released." if n >= record.study.smallest_cell else None


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
RESULTS: dict[str, Sentence] = {
    "response": Sentence("response in each round", response),
    "dates": Sentence("dates of the rounds", dates),
    "changes": Sentence("statements per round", changes),
    "verdicts": Sentence("final verdicts", verdicts),
    "means": Sentence("mean agreement per round", means),
    "not_qualified": Sentence("", not_qualified),
    "nq_sensitivity": Sentence("", nq_sensitivity),
    "stable": Sentence("", stable),
    "commented": Sentence("", commented),
}
SENTENCES = {**METHODS, **RESULTS}


def drafted(record: Record, sentences: Iterable[str]) -> list[str]:
    """Write sentences; a missing one that must not be missing becomes a gap."""
    found = []
    for key in sentences:
        text = SENTENCES[key].write(record)
        if text is not None:
            found.append(text)
        elif SENTENCES[key].gap:
            found.append(f"[to complete: {SENTENCES[key].gap}]")
    return found
