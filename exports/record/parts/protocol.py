"""The study itself: its protocol, the amendments, and what the panel read before it took part."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.contents import back_translation
from delphi.contents.reading import languages_of, wordings_in
from delphi.model.study import Document, StakeholderGroup, Study
from delphi.protocol import amendments, method
from exports.record.facts import AmendmentFacts, ConsentVersion, StudyFacts

SIMULATED = "Simulated panel."


def study_facts(session: Session, study: Study) -> StudyFacts:
    """Read the study's own facts."""
    groups = select(StakeholderGroup.key).filter_by(study_id=study.id).order_by(StakeholderGroup.position)
    late = amendments.changed_after_data(session, study)
    return StudyFacts(
        slug=study.slug,
        title=study.title,
        language=study.language,
        notice=_notice(study),
        smallest_cell=study.smallest_cell,
        maximum_rounds=study.maximum_rounds,
        settled=study.settled.value,
        feedback=tuple(study.feedback_plan),
        groups=tuple(session.scalars(groups)),
        lead_name=study.lead_name,
        locked_at=study.protocol_locked_at,
        protocol_sha256=study.protocol_sha256,
        protocol=method.document(study),
        open_question=study.open_question,
        paper=study.paper,
        item_noun=study.item_noun.value,
        person_noun=study.person_noun.value,
        languages=tuple(languages_of(study)),
        checks=back_translation.notes(session, study),
        marks=tuple(filter(None, [amendments.mark(late, study.time_zone)])),
    )


def _notice(study: Study) -> str:
    """What every file must say; a simulated panel is always called one."""
    if not study.simulated or "imulated" in study.notice:
        return study.notice
    return f"{SIMULATED} {study.notice}" if study.notice else SIMULATED


def consent_versions(session: Session, study: Study) -> list[ConsentVersion]:
    """Read information and consent, version by version."""
    documents = select(Document).filter_by(study_id=study.id).order_by(Document.version)
    return [ConsentVersion(d.version, d.text, tuple(d.items), d.reason) for d in session.scalars(documents)]


def wordings(session: Session, study: Study) -> dict[str, dict[str, str]]:
    """Read the translations of a study by language and piece; without other languages nothing is asked."""
    spoken = {language: wordings_in(session, study, language) for language in study.languages}
    return {language: {item: said.text for item, said in found.items()} for language, found in spoken.items()}


def amendment_facts(session: Session, study: Study) -> list[AmendmentFacts]:
    """Read the changes of the protocol after its lock."""
    return [
        AmendmentFacts(
            number=amendment.number,
            on=amendment.at.date(),
            reason=amendment.reason,
            changes=amendment.changes,
            answers_given=amendment.answers_given,
            results_seen=amendment.results_seen,
        )
        for amendment in amendments.amendments_of(session, study)
    ]
