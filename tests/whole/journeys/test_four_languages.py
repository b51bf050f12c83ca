"""A panel of 26 in four languages and two who read none of them: two rounds, and every page in the language of its reader."""

import re
from datetime import timedelta
from html import escape

import pytest
from builders import NOW, account, rate_again
from databases import one_engine
from routes import requests
from spoken import foreign, words, wrong_numbers
from sqlalchemy import select

from delphi import clock
from delphi.contents import items, languages, translating
from delphi.contents.reading import Wording
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.rating import Comment, Moderation
from delphi.model.result import Result
from delphi.model.round import Round
from delphi.model.study import Harm, Study
from delphi.people import roster, writing
from delphi.people.claims import LetterKey
from delphi.people.roster import NewPanelist
from delphi.protocol import method
from delphi.statements import questionnaire, statements
from delphi.statements.statements import NewStatement
from delphi.studies import creation
from delphi.studies.designs import StudyPlan, templates
from delphi.translations import LANGUAGES
from delphi.web.policy import PANELIST, policy_of
from rounds.lifecycle import finishing, lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

OTHERS = [code for code in ("nl", "de", "ar") if code in LANGUAGES]
SPOKEN = ["en", *OTHERS]
FIFTH = "el"
PEOPLE = [code for code in SPOKEN for _ in range(6)] + [FIFTH, FIFTH]
NAMES = {"Ada", "Example", "Amsterdam", "Europe", "Panelist"}
STATEMENTS = 12
SOURCE = {
    "title": "Outcomes of care",
    "statement": "Outcome number {n} matters to people",
    "corrected": "Outcome number {n} matters to everybody",
    "section": "Living at home",
    "help": "It means what people notice themselves",
    "comment": "People told me so",
}
SAID = {
    "nl": {
        "title": "Uitkomsten van zorg",
        "statement": "Uitkomst nummer {n} doet ertoe voor mensen",
        "corrected": "Uitkomst nummer {n} doet ertoe voor iedereen",
        "section": "Thuis wonen",
        "help": "Het betekent wat mensen zelf merken",
        "comment": "Mensen vertelden me dat",
    },
    "de": {
        "title": "Ergebnisse der Pflege",
        "statement": "Ergebnis Nummer {n} zählt für Menschen",
        "corrected": "Ergebnis Nummer {n} zählt für jeden",
        "section": "Zuhause leben",
        "help": "Es bedeutet was Menschen selbst merken",
        "comment": "Menschen haben mir das erzählt",
    },
    "ar": {
        "title": "نتائج الرعاية",
        "statement": "النتيجة رقم {n} تهم الناس",
        "corrected": "النتيجة رقم {n} تهم الجميع",
        "section": "العيش في المنزل",
        "help": "هذا يعني ما يلاحظه الناس أنفسهم",
        "comment": "أخبرني الناس بذلك",
    },
    "el": {"comment": "Μου το είπαν άνθρωποι"},
}
MARK = {"en": "", "nl": "vertaald", "de": "übersetzt", "ar": "مترجم"}


def said(code, source):
    """A translation of a piece: its sentence of above, or a mark instead of its words."""
    for name, text in SOURCE.items():
        match = re.fullmatch(text.replace("{n}", r"(\d+)"), source)
        if match:
            return SAID[code][name].format(n=match[1] if match.groups() else "")
    lines = source.split("\n")
    return "\n".join(f"{MARK[code]} {len(line)}" if line.strip() else "" for line in lines)


@pytest.fixture
def study(app):
    """A nine-point study with bands and an opt-out, twelve statements in two sections, and nobody answered yet."""
    with app.extensions["database"].transaction() as session:
        lead = account(session, "eva")
        plan = StudyPlan("pan", SOURCE["title"], "Ada Example", "ada@example.org", time_zone="Europe/Amsterdam")
        made = creation.create(session, templates()["core-outcome-set"], plan, by=lead.id, at=NOW)
        made.harm, made.level, made.feedback_plan = Harm.NO, made.level, list(made.feedback_plan)
        texts = [
            NewStatement(f"O{n}", SOURCE["statement"].format(n=n), section=SOURCE["section"], help=SOURCE["help"])
            for n in range(1, STATEMENTS + 1)
        ]
        statements.add(session, made, texts)
        questionnaire.place(session, made, session.get_one(Round, (made.id, 1)))
        groups = list(templates()["core-outcome-set"].groups)
        people = [
            NewPanelist(f"Panelist {n}", f"p{n}@panel.example.org", groups[n % len(groups)]) for n in range(len(PEOPLE))
        ]
        roster.add(session, made, people)
        languages.choose(session, made, OTHERS, by=lead.id, at=NOW)
        for code in OTHERS:
            translate(session, made, code)
        method.lock(session, made, by=lead.id, at=NOW)
        who = list(session.scalars(select(Panelist).filter_by(study_id=made.id).order_by(Panelist.code)))
        for one, code in zip(who, PEOPLE, strict=True):
            languages.speak(one, code)
        return made.id, lead.id, [one.id for one in who]


def translate(session, made, code):
    """Translate every piece that is open in a language."""
    listed = translating.states(session, made, items.items_of(session, made), code)
    texts = {one.item: Wording(said(code, one.source), one.source) for one in listed if one.state != "present"}
    translating.write(session, made, code, texts, by=None, at=NOW)


def content_of(app, study_id):
    """The words that the study says in each language."""
    with app.extensions["database"].transaction(writing=False) as session:
        made, found = session.get_one(Study, study_id), {}
        pieces = items.items_of(session, made)
        for code in SPOKEN:
            listed = translating.states(session, made, pieces, code) if code != "en" else ()
            texts = [one.source for one in pieces] if code == "en" else [one.text for one in listed]
            found[code] = {word for text in texts for word in words(text)}
            found[code] |= {word for text in SAID.get(code, SOURCE).values() for word in words(text)}
        found["en"] |= words(f"{method.definition_of(made).describe()} pooled")  # rules are told in English alone
        found[FIFTH] = words(SAID[FIFTH]["comment"])
        return found


def calendar_page(code, text):
    """What a calendar file tells people, as a page."""
    told = re.findall(r"^(?:SUMMARY|DESCRIPTION):(.*)$", text.replace("\r\n ", "").replace("\r", ""), re.MULTILINE)
    return f'<html lang="{code}">' + " ".join(told)


def letter_page(code, message):
    """A letter as a page: its subject, and its body with the languages it is marked with."""
    body = message.get_body(("html", "plain"))
    told = body.get_content() if body.get_content_subtype() == "html" else escape(body.get_content())
    dates = [part.get_content() for part in message.iter_attachments() if part.get_content_type() == "text/calendar"]
    return f'<html lang="{code}">{escape(message["Subject"])} {told}' + "".join(
        calendar_page(code, one) for one in dates
    )


class Walk:
    """A person of each language who opens every page there is, and what was wrong on them."""

    def __init__(self, app, study_id, panel):
        self.app, self.study_id, self.wrong, self.calendars, self.letters = app, study_id, set(), 0, set()
        self.ids = {code: panel[PEOPLE.index(code)] for code in SPOKEN}
        self.people = {code: app.test_client().enter(study_id, panel[PEOPLE.index(code)]) for code in SPOKEN}
        self.paths = sorted(
            path for name, verb, path in requests(app, number=1) if verb == "GET" and policy_of(app, name) == PANELIST
        )

    def __call__(self, *numbers):
        content = content_of(self.app, self.study_id)
        names = {name.casefold() for name in NAMES}
        for code, browser in self.people.items():
            for path in dict.fromkeys(path.replace("/1", f"/{n}") for n in numbers for path in self.paths):
                answer = browser.get(path)
                assert answer.status_code < 500, path
                if answer.mimetype == "text/html" and answer.status_code == 200:
                    self.check(code, path, answer.text, content, names)
                if answer.mimetype == "text/calendar" and "SUMMARY" in answer.text:
                    self.check(code, path, calendar_page(code, answer.text), content, names)
                    self.calendars += 1

        self.read_letters(content, names)

    def read_letters(self, content, names):
        """Letters that wait for these people, as the postman would hand them over."""
        settings, now = self.app.extensions["settings"], clock.now()
        with self.app.extensions["database"].transaction() as session:
            for code, who in self.ids.items():
                keys = session.execute(select(Letter.study_id, Letter.id, Letter.kind).where(Letter.panelist == who))
                for study_id, letter, kind in keys.all():
                    message = writing.prepare(session, LetterKey(study_id, letter), at=now, settings=settings)
                    if message is not None:
                        page = letter_page(code, message)
                        self.check(code, f"letter: {kind}", page, content, names)
                        self.letters.add((code, str(kind)))

    def check(self, code, path, page, content, names):
        if f'<html lang="{code}"' not in page:
            self.wrong.add((code, path, code, "", "the page is in another language"))
        self.wrong |= {(code, path, *found) for found in foreign(page, content, names)}
        self.wrong |= {(code, path, code, number, "a number") for number in wrong_numbers(page, code)}


def answer_round(app, study_id, panel, number):
    """Everybody answers everything over HTTP; the first of each language says why, in it."""
    told = set()
    for place, (who, code) in enumerate(zip(panel, PEOPLE, strict=True)):
        browser = app.test_client().enter(study_id, who)
        if number == 1:
            browser.send("/panel/consent", {"decision": "agree"} | {f"item-{n}": "yes" for n in range(9)})
        for page in (1, 2, 3):
            fields = dict(re.findall(r'name="(seen-[^"]*)" value="([^"]*)"', browser.get(f"/panel/page/{page}").text))
            asked = sorted({int(name.rpartition("-")[2]) for name in fields if name.startswith("seen-answer-")})
            if not asked:
                continue
            sent = {
                f"answer-{n}": "nq" if n == 2 and place % 9 == 0 else str(1 + (n * place + number) % 9) for n in asked
            }
            if code not in told and page == 1:
                told.add(code)
                sent[f"comment-{asked[0]}"] = SAID.get(code, SOURCE)["comment"]
            assert browser.send(f"/panel/page/{page}", fields | sent).status_code == 303
        assert browser.send("/panel/submit").status_code == 303


def moderate(session, round_, by):
    """Show every comment; one in a language that the study does not have with a translation."""
    chosen = {}
    for one in rulings.queue(session, round_):
        texts = {code: SAID.get(code, SOURCE)["comment"] for code in SPOKEN if code != one.language}
        chosen[one.ticket] = Ruling(Moderation.RELEASED, translations=texts)
    rulings.decide(session, round_, chosen, by=by, at=NOW)


@one_engine
def test_a_panel_in_four_languages_lives_through_two_rounds(app, study):
    study_id, lead, panel = study
    database, until = app.extensions["database"], NOW + timedelta(days=9)
    with database.transaction() as session:
        made = session.get_one(Study, study_id)
        lifecycle.launch(session, made, session.get_one(Round, (study_id, 1)), closes_at=until, by=lead, at=NOW)
    walk = Walk(app, study_id, panel)
    walk(1)
    answer_round(app, study_id, panel, 1)
    walk(1)
    with database.transaction() as session:
        made, first = session.get_one(Study, study_id), session.get_one(Round, (study_id, 1))
        lifecycle.close(session, first, by=lead, at=NOW)
        assert sorted(filter(None, session.scalars(select(Comment.language).distinct()))) == sorted({*SPOKEN, FIFTH})
        moderate(session, first, lead)
        lifecycle.release(session, made, first, by=lead, at=NOW)
        draft = lifecycle.prepare_next(session, made, first, by=lead, at=NOW)
        by = DecidedBy(lead, NOW, SOURCE["help"])
        changes.reword(session, draft, 3, text=SOURCE["corrected"].format(n=3), by=by)
        rate_again(session, made, draft)
        for code in OTHERS:
            translate(session, made, code)
        lifecycle.launch(session, made, draft, closes_at=until, by=lead, at=NOW)
    walk(1, 2)
    answer_round(app, study_id, panel, 2)
    with database.transaction() as session:
        made, second = session.get_one(Study, study_id), session.get_one(Round, (study_id, 2))
        lifecycle.close(session, second, by=lead, at=NOW)
        moderate(session, second, lead)
        lifecycle.release(session, made, second, by=lead, at=NOW)
        finishing.finish(session, made, reason=SOURCE["help"], by=lead, at=NOW)
        rows = session.scalars(select(Result.row).filter_by(study_id=study_id, round=2, group="all")).all()
    assert len(rows) == STATEMENTS
    assert {row["n_rated"] + row["n_nq"] for row in rows} == {len(PEOPLE)}
    walk(1, 2)
    assert sorted(walk.wrong) == []
    assert {(code, kind) for code in SPOKEN for kind in ("invitation", "consent")} <= walk.letters
    assert walk.calendars >= 2 * len(SPOKEN)
