"""What became of invitations is told as of the close, to the second that a close is known to."""

from datetime import timedelta

import pytest
from builders import NOW

from exports.record.parts import people


@pytest.mark.parametrize(("after", "counts"), [(-60.0, True), (0.4, True), (1.0, False)])
def test_a_letter_of_the_second_of_the_close_left_before_it(after, counts):
    closed_at = NOW.replace(microsecond=0)
    assert people._by_then(closed_at + timedelta(seconds=after), closed_at) is counts
    assert not people._by_then(None, closed_at)
