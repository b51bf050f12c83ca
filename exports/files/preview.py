"""A designed table of a study as a page shows it, or what is wrong with the design."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from delphi.model.study import Study
from exports.record.reader_profile import Profile
from exports.record.study_record import StudyRecord
from exports.reports.designed.building import build
from exports.reports.designed.design import Design, DesignError
from exports.reports.designed.paper import Paper
from exports.tables.layout import Sheet, sheet_of

MOST_LINES = 40  # of a table that is only looked at


@dataclass(frozen=True)
class Preview:
    """A printed table, or the sentence that says why there is none."""

    sheet: Sheet | None = None
    problem: str = ""
    cut: int = 0


def preview_of(session: Session, study: Study, plain: Mapping[str, Any], paper: Paper, profile: Profile) -> Preview:
    """Build what a page shows of a design, from what this reader may see."""
    try:
        table = build(StudyRecord(session, study, profile), Design.from_dict(plain), paper.house)
    except DesignError as error:
        return Preview(problem=str(error))
    sheet = sheet_of(table)
    return Preview(replace(sheet, lines=sheet.lines[:MOST_LINES]), cut=max(len(sheet.lines) - MOST_LINES, 0))
