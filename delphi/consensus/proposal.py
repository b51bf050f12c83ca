"""What the rule proposes for a statement after a round; a person decides."""

from typing import NamedTuple

from delphi.consensus.vocabulary import Proposal, Stability, Verdict


class Proposed(NamedTuple):
    """What the rule proposes, and why, in a sentence."""

    proposal: Proposal
    reason: str


SETTLING = {
    Verdict.IN: Proposed(Proposal.SETTLED_IN, "The consensus rule is met."),
    Verdict.OUT: Proposed(Proposal.SETTLED_OUT, "The consensus rule is met for leaving it out."),
}
REOPENERS = 2  # Veugelers 2020: two like-minded panelists may reopen a settled item


def proposal(
    verdict: Verdict, *, stable: str | None = None, settled: Verdict | None = None, reopeners: int = 0
) -> Proposed:
    """Propose what to do with a statement after a round; a person decides.

    Parameters
    ----------
    stable
        A `Stability`, or None where nobody can be followed.
    settled
        The verdict under which it was settled earlier, if it was.
    reopeners
        Panelists who asked to reopen it.
    """
    if settled in (Verdict.IN, Verdict.OUT) and verdict is not settled:
        return Proposed(Proposal.REOPEN, "It was settled before, and this round does not confirm it.")
    if verdict in SETTLING:
        reopen = Proposed(Proposal.REOPEN, "At least two panelists asked to reopen it.")
        return reopen if reopeners >= REOPENERS else SETTLING[verdict]
    if verdict is Verdict.TOO_FEW:
        return Proposed(Proposal.RATE_AGAIN, "Too few panelists rated it for a verdict.")
    if stable == Stability.STABLE:
        return Proposed(
            Proposal.REVISE, "There is no consensus, and opinions no longer move: another wording may help."
        )
    return Proposed(Proposal.RATE_AGAIN, "There is no consensus yet.")
