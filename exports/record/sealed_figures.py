"""Figures that a seal holds of a round, in an entry of their own: agreement, who left, how firmly each verdict stands."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Plain = Mapping[str, Any]
ATTRITION = ("mean_gap", "p")


@dataclass(frozen=True)
class Firmness:
    """What another definition, another panel, or other ratings would have said of one statement.

    Attributes
    ----------
    reason
        Why nothing is said; all else is empty then.
    by_threshold
        Verdict by threshold, all else as locked, with the locked one marked.
    other
        Definitions, of all that were tried, that say otherwise.
    sensitive
        Whether one near the study's own does.
    shares
        Of the resampled panels, by verdict.
    flips
        Panelists without any one of whom the verdict changes.
    moves
        Fewest panelists who, rating otherwise, turn it; None if more than ``searched``.
    why
        Why a figure is missing.
    """

    n_rated: int | None = None
    verdict: str | None = None
    reason: str | None = None
    by_threshold: Sequence[tuple[str, str, bool]] = ()
    definitions: int = 0
    other: int = 0
    sensitive: bool = False
    shares: Mapping[str, float] = field(default_factory=dict)
    resamples: int = 0
    seed: int = 0
    flips: int | None = None
    moves: int | None = None
    searched: int = 0
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundFigures:
    """Figures of one round.

    Attributes
    ----------
    agreement
        Rows of the table of agreement.
    attrition
        Whether those who left since the round before had rated otherwise, as one test; None in a first round.
    firmness
        By code of the statement.
    """

    agreement: Sequence[Plain]
    attrition: Plain | None
    firmness: Mapping[str, Firmness]

    @property
    def sensitive(self) -> list[str]:
        """Statements of which a definition near the study's own says otherwise."""
        return [code for code, one in self.firmness.items() if one.sensitive]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in the order of the statements."""
        return {
            "agreement": [rounded(row) for row in self.agreement],
            "attrition": None if self.attrition is None else rounded(self.attrition),
            "firmness": [rounded({"statement": code} | asdict(one)) for code, one in self.firmness.items()],
        }

    @classmethod
    def from_dict(cls, plain: Plain) -> "RoundFigures":
        """Read what `as_dict` wrote; other names beside it are ignored.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is not what `as_dict` writes.
        """
        return cls(tuple(plain["agreement"]), plain["attrition"], dict(map(_firmness, plain["firmness"])))


UNKEPT = RoundFigures((), None, {})  # of an imported round whose bundle held no figures


def _firmness(plain: Plain) -> tuple[str, Firmness]:
    rest = {name: value for name, value in plain.items() if name != "statement"}
    return plain["statement"], Firmness(**rest | {"by_threshold": [tuple(step) for step in plain["by_threshold"]]})


def rounded(value: Any) -> Any:
    """Round figures to three decimals, however deep they lie."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, Mapping):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value
