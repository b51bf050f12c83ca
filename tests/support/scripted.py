"""Studies played from a script through the operations, without HTTP: the reference study, and published ratings."""

import csv
from uuid import uuid4

from builders import LATER, NOW, account, launched, lead_of
from published import EXINSS, MOVES
from sqlalchemy import select

from delphi.consensus.shipped_scales import SCALES
from delphi.model.identity import Identity
from delphi.model.rating import AnswerKind, Moderation
from delphi.model.round import Round
from delphi.model.statement import Statement
from delphi.model.study import Harm, Level
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import method as protocol
from delphi.statements import questionnaire, statements
from delphi.statements.statements import Kind, NewStatement
from delphi.studies import creation
from delphi.studies.designs import StudyPlan, templates
from rounds.demo.bots import PlannedAnswers
from rounds.demo.reference import Reference
from rounds.demo.replay import script_of
from rounds.lifecycle import finishing, lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import paging, saving
from rounds.questionnaire.saving import Answer, Remark
from rounds.rehearsal.answers import is_absent, spread, value_of
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy


def reference(session, slug="reference", *, seed=31, size=57, level="sealed"):
    """Play the reference study: three rounds, rewordings, a merger, recommendations from round 2 on."""
    plan = Reference(seed, size)
    made, lead = begin(session, slug, template="reference")
    made.level = Level(level)
    roster.add(session, made, [NewPanelist(p.name, p.email, p.field) for p in plan.people])
    protocol.lock(session, made, by=lead.id, at=NOW)
    for number in (1, 2, 3):
        if number > 1:
            prepare(session, made, number, lead, plan.asked(number), plan.asked(number - 1))
        act(session, made, number, plan.sheets(number))
    return ended(session, made, lead)


def ended(session, made, lead):
    """Finish a study of open rows, so that its rows are out."""
    if made.level is Level.OPEN_ROWS:
        finishing.finish(session, made, reason="enough", by=lead.id, at=NOW)
    return made


def published(session, folder, slug="published", *, level="sealed"):
    """Play the published ratings of CSM DLPH-ExInSS: 35 panelists, then 28 of them; 12 ratings of 1 to 4 each."""
    path = folder / "ratings.csv"
    path.write_text(exinss(), encoding="utf-8")
    script = script_of(path, None, "agree4_nq", slug)
    made, lead = begin(session, slug, template="blank", scale="agree4_nq", minimum_n=1, maximum_rounds=script.rounds)
    made.level = Level(level)
    people = [NewPanelist(row["name"], row["email"]) for row in read(script.panel)]
    roster.add(session, made, people)
    statements.add(session, made, [NewStatement(row["code"], row["text"]) for row in read(script.statements)])
    questionnaire.place(session, made, round_of(session, made, 1))
    protocol.lock(session, made, by=lead.id, at=NOW)
    for number in range(1, script.rounds + 1):
        if number > 1:
            before = round_of(session, made, number - 1)
            lifecycle.prepare_next(session, made, before, by=lead.id, at=NOW)
        act(session, made, number, script.sheets(number))
    return ended(session, made, lead)


def rehearsed(session, slug, template, title, asked, scene):
    """Play a study of a template with the simulated panel of a rehearsal."""
    made, lead = begin(session, slug, template=template)
    made.title = title
    statements.add(session, made, asked)
    questionnaire.place(session, made, round_of(session, made, 1))
    names = spread(dict.fromkeys(templates()[template].groups, 1), scene.size) or [None] * scene.size
    roster.add(session, made, [NewPanelist(f"P{n}", f"p{n}@panel.example.org", name) for n, name in enumerate(names)])
    protocol.lock(session, made, by=lead.id, at=NOW)
    for number in (1, 2):
        if number > 1:
            lifecycle.prepare_next(session, made, round_of(session, made, 1), by=lead.id, at=NOW)
        here = [n for n in range(scene.size) if not is_absent(scene, n, number)]
        codes = [one.code for one in asked]
        given = {n: {c: (value_of(scene, SCALES[made.scale], n, c, number), "") for c in codes} for n in here}
        act(
            session,
            made,
            number,
            {f"p{n}@panel.example.org": PlannedAnswers(answers, {}) for n, answers in given.items()},
        )
    return made


def exinss():
    """The published counts as ratings: 28 people by their moves, and the seven who rated in round 1 only."""
    lines = ["panelist,statement,rating,round"]
    for (_, name, first, *_), moves in zip(EXINSS[:12], MOVES, strict=True):
        pairs = [(a, b) for a, row in enumerate(moves, 1) for b, n in enumerate(row, 1) for _ in range(n)]
        left = [a for a, row in enumerate(moves, 1) for _ in range(first[a - 1] - sum(row))]
        assert (len(pairs), len(left)) == (28, 7)
        lines += [f"P{i},{name},{value},{k}" for i, pair in enumerate(pairs) for k, value in enumerate(pair, 1)]
        lines += [f"P{i},{name},{value},1" for i, value in enumerate(left, 28)]
    return "\n".join(lines) + "\n"


def read(data):
    """Rows of a CSV file."""
    return list(csv.DictReader(data.decode().splitlines()))


def begin(session, slug, *, template, **method):
    """Make a study of a template, marked as simulated."""
    lead = account(session, f"lead-{slug}")
    found = templates()[template]
    plan = StudyPlan(slug, found.title, "Ada Example", "ada@example.org", simulated=True, method=method)
    made = creation.create(session, found, plan, by=lead.id, at=NOW)
    made.harm = Harm.NO
    return made, lead


def round_of(session, made, number):
    return session.get_one(Round, (made.id, number))


def prepare(session, made, number, lead, asked, before):
    """Reword and merge as the file says."""
    draft = lifecycle.prepare_next(session, made, round_of(session, made, number - 1), by=lead.id, at=NOW)
    numbers = numbers_of(session, made)
    old = {row["code"]: row for row in before}
    for row in asked:
        code, by = row["code"], DecidedBy(lead.id, NOW, row["reason"])
        parents = [numbers[one["code"]] for one in before if one["becomes"] == code != one["code"]]
        if parents:
            into = NewStatement(code, row["text"], kind=Kind(row["kind"]), section=row["section"], help=row["help"])
            changes.merge(session, draft, parents, into, by=by)
        elif code in old and old[code]["version"] != row["version"]:
            changes.reword(session, draft, numbers[code], text=row["text"], by=by)


def numbers_of(session, made):
    """Numbers of the statements by code."""
    return {s.code: s.number for s in session.scalars(select(Statement).filter_by(study_id=made.id))}


def act(session, made, number, sheets):
    """Launch a round, let everybody answer what the sheet says, close it, release the comments and the results."""
    round_ = launched(session, made, number, until=LATER)
    numbers = numbers_of(session, made)
    codes = {n: code for code, n in numbers.items()}
    everybody = select(Identity.email, Identity.panelist).where(Identity.study_id == made.id)
    who = dict(list(session.execute(everybody)))
    sections = {s.code: s.section for s in session.scalars(select(Statement).filter_by(study_id=made.id))}
    asked = [codes[n] for n, _ in questionnaire.versions_asked(session, made.id, number)]
    cut = paging.pages([sections[code] for code in asked])
    for address, sheet in sheets.items():
        last = cut[(sheet.pages or len(cut)) - 1].stop
        given = {code: sheet.answers[code] for code in asked[:last]}
        part = TakingPart(made.id, number, who[address])
        answers = [answer(numbers[code], value) for code, (value, _) in given.items() if value is not None]
        remarks = [Remark(numbers[code], text) for code, (_, text) in given.items() if text]
        saving.save(session, part, answers, remarks, request=str(uuid4()))
        if sheet.submits:
            saving.submit(session, part, on=NOW.date())
    lead = lead_of(session, made)
    lifecycle.close(session, round_, by=lead, at=NOW)
    released = {comment.ticket: Ruling(Moderation.RELEASED) for comment in rulings.queue(session, round_)}
    if released:
        rulings.decide(session, round_, released, by=lead, at=NOW)
    lifecycle.release(session, made, round_, by=lead, at=NOW)


def answer(statement, value):
    """One answer as a page sends it."""
    rated = isinstance(value, int)
    return Answer(statement, AnswerKind.RATED if rated else AnswerKind.NOT_QUALIFIED, value if rated else None)
