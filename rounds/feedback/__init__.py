"""What a panelist sees of the round before: one entry here adds a form of feedback.

A form is a pure function of `Evidence`; its template has the same name in templates/feedback/.
"""

from collections.abc import Callable
from typing import Any

from rounds.feedback import comments, distribution, groups, own_rating, quartiles, wording
from rounds.feedback.evidence import Evidence

FEEDBACK: dict[str, Callable[[Evidence], Any]] = {
    "own_rating": own_rating.build,
    "wording": wording.build,
    "distribution": distribution.build,
    "quartiles": quartiles.build,
    "groups": groups.build,
    "comments": comments.build,
}
