"""Forgetting who withdrew: the name goes with the decision, and its receipt keeps for itself the address it needs.

`rounds/` decides the withdrawal and may not know names, so the application hands `forget` to the page.
"""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi.model.identity import Declaration, Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people import acknowledgements, panel_table


def forget(session: Session, study: Study, panelist: Panelist, *, secret: str) -> None:
    """Delete who a panelist is: name, address, what was declared, and a name on the list of names.

    Of somebody who was counted the characteristics stay for the description of the panel, and nothing leads to them.
    """
    key = (study.id, panelist.id)
    person, receipt = session.get(Identity, key), _receipt_of(session, *key)
    if person is not None and receipt is not None and person.email is not None:
        session.add(
            Receipt(
                study_id=study.id,
                letter=receipt,
                name=person.name,
                email=person.email,
                changed_by_team=person.changed_by_team,
            )
        )
    panel_table.keep(session, study, panelist)
    panelist.page_code = None  # a browser may remember it beside the name
    session.flush()
    for table in (Declaration, Identity):
        session.execute(delete(table).where(table.study_id == study.id, table.panelist == panelist.id))
    acknowledgements.remove(session, study, acknowledgements.key_of(secret, *key))


def _receipt_of(session: Session, study_id: int, panelist: UUID) -> UUID | None:
    """Find the receipt that has not left."""
    mine = select(Letter.id).where(Letter.study_id == study_id, Letter.panelist == panelist, Letter.unsent)
    return session.scalar(mine.where(Letter.kind == LetterKind.WITHDRAWAL))


def forget_address(session: Session, study_id: int, letter: UUID) -> None:
    """Delete the address of a receipt that has left, or that was given up."""
    session.execute(delete(Receipt).where(Receipt.study_id == study_id, Receipt.letter == letter))
