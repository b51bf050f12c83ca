"""Events of the audit trail in words, as a team reads them."""

from collections.abc import Mapping
from typing import Any

from delphi.model.event import EventKind
from delphi.translations import N_
from delphi.web.language import gettext as _

WORDS: dict[EventKind, str] = {
    EventKind.STUDY_CREATED: N_("Study created"),
    EventKind.STUDY_CHANGED: N_("Settings of the study changed"),
    EventKind.STUDY_ARCHIVED: N_("Study archived"),
    EventKind.STUDY_RESTORED: N_("Study taken out of the archive"),
    EventKind.DELETION_ASKED: N_("Deletion of the study asked for"),
    EventKind.DELETION_UNDONE: N_("Deletion of the study undone"),
    EventKind.PROTOCOL_CHANGED: N_("Protocol changed"),
    EventKind.PROTOCOL_AMENDED: N_("Protocol amended"),
    EventKind.STATEMENT_CHANGED: N_("A statement changed"),
    EventKind.GROUPS_CHANGED: N_("Groups changed"),
    EventKind.DOCUMENT_PUBLISHED: N_("Information and consent published"),
    EventKind.MEMBER_INVITED: N_("Somebody invited to the team"),
    EventKind.MEMBER_CHANGED: N_("A role in the team changed"),
    EventKind.MEMBER_CONFIRMED: N_("A statistician confirmed"),
    EventKind.MEMBER_REMOVED: N_("Somebody taken from the team"),
    EventKind.REHEARSAL_STARTED: N_("Rehearsal begun"),
    EventKind.REHEARSAL_WIPED: N_("Rehearsal deleted"),
    EventKind.STATEMENTS_IMPORTED: N_("Statements imported"),
    EventKind.PANEL_IMPORTED: N_("People added to the panel"),
    EventKind.PROTOCOL_LOCKED: N_("Protocol locked"),
    EventKind.ROUND_PREPARED: N_("Round %(round)s: preparation begun"),
    EventKind.ROUND_LAUNCHED: N_("Round %(round)s launched"),
    EventKind.ROUND_EXTENDED: N_("Round %(round)s: deadline moved"),
    EventKind.ROUND_CLOSED: N_("Round %(round)s closed"),
    EventKind.ROUND_SEALED: N_("Round %(round)s counted and sealed"),
    EventKind.FIGURES_SEALED: N_("Round %(round)s: further figures sealed"),
    EventKind.ROUND_RELEASED: N_("Round %(round)s: results released"),
    EventKind.STATEMENT_REWORDED: N_("A statement reworded"),
    EventKind.STATEMENTS_MERGED: N_("Statements merged"),
    EventKind.STATEMENT_ADDED: N_("A statement added"),
    EventKind.STATEMENT_DROPPED: N_("A statement dropped"),
    EventKind.STATEMENT_SPLIT: N_("A statement split"),
    EventKind.STATEMENTS_DECIDED: N_("Statements decided on"),
    EventKind.DECISION_UNDONE: N_("A decision on a statement undone"),
    EventKind.COMMENTS_MODERATED: N_("Comments decided on"),
    EventKind.COMMENT_READ: N_("The original of a comment read"),
    EventKind.REMINDERS_PLANNED: N_("Round %(round)s: reminders planned"),
    EventKind.REMINDERS_QUEUED: N_("Round %(round)s: reminder sent"),
    EventKind.REMINDERS_STOPPED: N_("Round %(round)s: planned reminders stopped"),
    EventKind.STUDY_FINISHED: N_("Study finished"),
    EventKind.NAMES_DESTROYED: N_("Names destroyed"),
    EventKind.ROWS_PUBLISHED: N_("Single answers published under codes"),
    EventKind.PANEL_DESCRIBED: N_("Panel described for the report"),
    EventKind.PROPOSALS_DECIDED: N_("Suggestions of the panel decided on"),
    EventKind.PANELIST_WITHDREW: N_("Somebody left the panel"),
    EventKind.PANELIST_CORRECTED: N_("An entry of the panel corrected"),
    EventKind.PANELIST_INVITED: N_("Somebody invited into the open round"),
    EventKind.PANELIST_REMOVED: N_("Somebody taken from the panel"),
    EventKind.LETTERS_CHANGED: N_("Letters written anew"),
    EventKind.LETTERS_QUEUED: N_("Letters sent to the panel"),
    EventKind.LINK_HANDED: N_("A personal link handed out"),
    EventKind.LINK_MAILED: N_("A personal link mailed"),
    EventKind.LINKS_ENDED: N_("Personal links ended"),
    EventKind.VERDICTS_AMENDED: N_("Verdicts amended"),
    EventKind.TEXTS_TRANSLATED: N_("Translations changed"),
    EventKind.EXPORTED: N_("A file taken"),
}
TAKEN_BACK = N_("Study goes on")


def said(kind: EventKind, data: Mapping[str, Any]) -> str:
    """Say what happened; a kind without words of its own is said by its name."""
    if kind is EventKind.STUDY_FINISHED and data.get("taken_back"):
        return _(TAKEN_BACK)
    words = WORDS.get(kind)
    if words is None:
        return kind.value.replace(":", ": ").replace("_", " ").capitalize()
    return _(words) % {"round": data.get("round", "")} if "%(" in words else _(words)
