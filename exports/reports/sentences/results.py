"""Sentences of the results: who answered, what was asked, and what the panel agreed on."""

from collections.abc import Sequence

from delphi.consensus.disclosure.change_bands import LOWEST
from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import EVERYBODY, Band, Relation, Verdict
from delphi.statistics.base.exact import mean_share, round_half_up
from exports.record.facts import Response
from exports.record.record import Record, base_of, last_round, of_round
from exports.reports.sentences.words import Sentence, counted, listed, on_day, share
from exports.tables.printing import printed_percent


def response(record: Record) -> str | None:
    """Say how many of the invited completed each round."""
    clauses = [_response(one) for one in record.responses if one.people == EVERYBODY]
    return (
        f"{clauses[0][0].upper()}{clauses[0][1:]}{''.join(f'; {more}' for more in clauses[1:])}." if clauses else None
    )


def _response(one: Response) -> str:
    answered = f"of {one.invited} panelists invited to round {one.round}, {share(one.started, one.invited)} answered"
    return answered if one.complete is None else f"{answered} and {share(one.complete, one.invited)} completed it"


def dates(record: Record) -> str | None:
    """Say when each round ran."""
    clauses = [
        f"round {r.number} from {on_day(r.opened_on)} to {on_day(r.closed_on)}"
        + (f" ({counted(r.extensions, 'extension')})" if r.extensions else "")
        for r in record.rounds
        if r.opened_on and r.closed_on
    ]
    return f"The rounds ran as follows: {listed(clauses)}." if clauses else None


def changes(record: Record) -> str | None:
    """Say how many statements entered, changed and left."""
    if not record.rounds:
        return None
    clauses = []
    for r in record.rounds:
        rows = of_round(record, r.number)
        relations = [row.relation for row in rows]
        parts = [
            counted(n, word, word)
            for word, n in (
                ("reworded", sum(x.startswith("reworded") for x in relations)),
                ("from a merger", relations.count(Relation.MERGED)),
                ("from a split", relations.count(Relation.SPLIT)),
                ("new", relations.count(Relation.NEW) if r.number > record.rounds[0].number else 0),
            )
            if n
        ]
        clauses.append(
            f"{counted(len(rows), 'statement')} in round {r.number}" + (f" ({', '.join(parts)})" if parts else "")
        )
    return f"The panel rated {listed(clauses)}."


def verdicts(record: Record) -> str | None:
    """Count final verdicts, grades and dissent."""
    rows = of_round(record, last_round(record))
    judged = [row for row in rows if row.verdict is not None]
    if not judged:
        return None
    by = {word: sum(row.verdict == word for row in judged) for word in Verdict}
    every = by[Verdict.IN] == len(judged) > 1
    reached = (
        f"all {len(judged)} statements"
        if every
        else f"{share(by[Verdict.IN], len(judged))} of {counted(len(judged), 'statement')}"
    )
    clauses = [f"{reached} reached consensus"]
    clauses += [f"{by[Verdict.OUT]} reached consensus against"] if by[Verdict.OUT] else []
    clauses += [f"{by[Verdict.NONE]} did not"] if by[Verdict.NONE] else []
    clauses += [f"{by[Verdict.TOO_FEW]} had too few ratings"] if by[Verdict.TOO_FEW] else []
    grades = _grades(judged)
    return f"After round {last_round(record)}, {', '.join(clauses)}.{grades}"


def _grades(rows: list[ResultRow]) -> str:
    frequencies: dict[str, int] = {}
    for row in rows:
        if row["grade"]:
            frequencies[row["grade"]] = frequencies.get(row["grade"], 0) + 1
    if not frequencies:
        return ""
    order = sorted(frequencies, key=lambda grade: (grade != "U", grade))
    return f" Grades: {', '.join(f'{grade} {frequencies[grade]}' for grade in order)}."


def means(record: Record) -> str | None:
    """State the mean of combined agreement per round, of unrounded shares."""
    clauses = []
    for r in record.rounds:
        rows = [row for row in of_round(record, r.number) if row.agreeing is not None]
        mean = mean_share([(row.agreeing or 0, base_of(record.definition, row)) for row in rows])
        if mean is not None:
            clauses.append(f"{round_half_up(mean, 1)} % in round {r.number} ({counted(len(rows), 'statement')})")
    return f"Mean combined agreement, over unrounded shares, was {listed(clauses)}." if clauses else None


def not_qualified(record: Record) -> str | None:
    """State the range of opt-outs."""
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
    known = of_round(record, last_round(record))
    rows = [row for row in known if row["changed_pct"] is not None]
    if not rows:
        return _stable_of_bands([row for row in known if row.get("changed_band") is not None])
    moved = [row["changed_pct"] for row in rows]
    settled_rows = sum(row["stable"] == "stable" for row in rows)
    return (
        f"Among those who rated a statement in the last two rounds, between {printed_percent(min(moved))} and "
        f"{printed_percent(max(moved))} % changed their rating; {settled_rows} of {len(rows)} comparable statements were stable."
    )


def _stable_of_bands(rows: Sequence[ResultRow]) -> str | None:
    """Say how many statements hardly moved, where single answers are not kept."""
    if not rows:
        return None
    settled_rows = sum(row["changed_band"] == Band.UP_TO_15 for row in rows)
    return (
        f"In {settled_rows} of the {counted(len(rows), 'statement')} whose change may be told, at most {LOWEST} % of those "
        f"who rated it in the last two rounds changed their rating."
    )


def commented(record: Record) -> str | None:
    """Count comments, from the smallest cell upwards."""
    n = len(record.comments)
    return f"The panel wrote {n} comments that were released." if n >= record.study.smallest_cell else None


def characteristics(record: Record) -> str | None:
    """Say which characteristics of the panel are given, once the study is finished."""
    panel = record.panel
    if panel is None or not panel.characteristics:
        return None
    named = listed([one.label for one in panel.characteristics])
    return f"Characteristics of the {panel.people} panelists counted are given in a table of their own: {named}."


RESULTS: dict[str, Sentence] = {
    "response": Sentence("response in each round", response),
    "characteristics": Sentence("", characteristics),
    "dates": Sentence("dates of the rounds", dates),
    "changes": Sentence("statements per round", changes),
    "verdicts": Sentence("final verdicts", verdicts),
    "means": Sentence("mean agreement per round", means),
    "not_qualified": Sentence("", not_qualified),
    "nq_sensitivity": Sentence("", nq_sensitivity),
    "stable": Sentence("", stable),
    "commented": Sentence("", commented),
}
