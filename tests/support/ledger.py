"""The ledger of releases: what do all of them together give away? (METHOD 12.2)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from delphi.consensus.disclosure.small_cells import K_DEFAULT, smallest_cell


def ledger_check(history: Sequence[frozenset[str]], candidate: frozenset[str], k: int = K_DEFAULT) -> list[str] | None:
    """Raters whom a new release would give away together with the earlier ones, or None if it is safe.

    Parameters
    ----------
    history
        Sets of raters of the aggregates released so far, of one statement version and round.
    candidate
        Set of raters of the aggregate to be released.
    k
        Smallest cell.

    Returns
    -------
    list or None
        The raters concerned, as few as possible.

    Raises
    ------
    ValueError
        k is below 3.

    Notes
    -----
    Every statistic counts as the full distribution. Raters are partitioned into atoms by membership in the released
    sets. What a reader can derive is the rational row span of the sets' 0/1 vectors over the atoms, the orthogonal
    complement of their null space. A release is refused if the span holds the vector of 1 … k−1 people, or the
    difference of two such sets: where two people may be exchanged, their ratings are known as soon as they differ
    (the rule of `may_release_change`, within a round). All in exact integers.

    Examples
    --------
    >>> panel = frozenset("abcdefghijkl")
    >>> ledger_check([panel], panel - {"l"}), ledger_check([panel], frozenset("abcdef"))
    (['l'], None)
    """
    smallest_cell(k)
    released = [*history, candidate]
    atoms = _atoms(released)
    raters, sizes = list(atoms.values()), [len(atom) for atom in atoms.values()]
    null = _null_space([[int(key[row]) for key in atoms] for row in range(len(released))])
    seen: dict[tuple[Fraction, ...], tuple[int, ...]] = {}
    for union in sorted([(), *_unions(sizes, k)], key=lambda union: sum(sizes[i] for i in union)):
        # unions with the same shadow on the null space differ by a vector of the span
        shadow = tuple(sum((vector[i] for i in union), Fraction(0)) for vector in null)
        if shadow in seen:
            return sorted(rater for i in set(union) ^ set(seen[shadow]) for rater in raters[i])
        seen[shadow] = union
    return None


def _atoms(released: Sequence[frozenset[str]]) -> dict[tuple[bool, ...], list[str]]:
    """Raters by the released sets that they belong to."""
    atoms: dict[tuple[bool, ...], list[str]] = {}
    for rater in sorted(frozenset[str]().union(*released)):
        atoms.setdefault(tuple(rater in group for group in released), []).append(rater)
    return atoms


def _unions(sizes: Sequence[int], k: int, start: int = 0) -> Iterator[tuple[int, ...]]:
    """Unions of atoms with 1 … k−1 people."""
    for i in range(start, len(sizes)):
        if sizes[i] < k:
            yield (i,)
            for more in _unions(sizes, k - sizes[i], i + 1):
                yield (i, *more)


def _null_space(rows: list[list[int]]) -> list[list[Fraction]]:
    """Basis of the null space of an integer matrix, by exact elimination."""
    m, width = [[Fraction(x) for x in row] for row in rows], len(rows[0])
    pivots: list[int] = []
    for column in range(width):
        at = len(pivots)
        pivot = next((r for r in range(at, len(m)) if m[r][column]), None)
        if pivot is None:
            continue
        m[at], m[pivot] = m[pivot], m[at]
        m[at] = [x / m[at][column] for x in m[at]]
        for r in range(len(m)):
            if r != at and m[r][column]:
                m[r] = [x - m[r][column] * y for x, y in zip(m[r], m[at], strict=True)]
        pivots.append(column)
    return [_free_solution(m, pivots, column, width) for column in range(width) if column not in pivots]


def _free_solution(m: list[list[Fraction]], pivots: list[int], free: int, width: int) -> list[Fraction]:
    vector = [Fraction(0)] * width
    vector[free] = Fraction(1)
    for row, pivot in enumerate(pivots):
        vector[pivot] = -m[row][free]
    return vector
