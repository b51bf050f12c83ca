"""How fast the numbers are, as ratios within one run (``make bench``; figures in docs/benchmarks.md).

Ours against the libraries people use instead: pandas in long form, SciPy, a NumPy loop over columns; and against reading the
matrix once. Every round runs each contender once, in turn; medians are compared, so that a busy moment hits all alike.
"""

import argparse
import platform
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd
import scipy
from scipy.stats import rankdata, wilcoxon

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.matrix import count_matrix, count_moves
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import Relation
from delphi.statistics.agreement.large_panel import kendall_w_codes
from delphi.statistics.change.paired_tests import sign_test_of_moves, signed_rank_of_moves

SCALE = SCALES["agree4_nq"]
DEFINITION = Definition.of(SCALE)
SIZES = {(57, 35): 101, (1_000, 200): 61, (100_000, 200): 7}
OUT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
Work = Callable[[], object]


class Panel:
    """Two rounds of made-up ratings: 4 % opt-outs, 3 % blanks, three in ten answers changed in round 2."""

    def __init__(self, panelists: int, statements: int) -> None:
        rng = np.random.Generator(np.random.PCG64(1))
        shares = rng.dirichlet(np.ones(SCALE.K), statements).cumsum(1)
        draw = rng.random((2, panelists, statements))
        ratings = [(one[:, :, None] > shares[None, :, :-1]).sum(2).astype(np.int8) for one in draw]
        gap = rng.random((panelists, statements))
        for one in ratings:
            one[gap < 0.07] = -1
            one[gap < 0.03] = -2
        stay = rng.random((panelists, statements)) < 0.7
        self.before = np.asfortranarray(ratings[0])
        self.after = np.asfortranarray(np.where(stay, ratings[0], ratings[1]))
        self.items = tuple(
            Item(f"S{j}", 1, "statement", 1, "", f"Statement {j}", Relation.SAME, 1) for j in range(statements)
        )
        values = np.where(self.after >= 0, self.after + 1.0, np.nan)
        self.long = pd.DataFrame(
            {
                "statement": np.repeat(np.arange(statements, dtype=np.int16), panelists),
                "rating": values.T.ravel(),
                "nq": (self.after == -1).T.ravel(),
            }
        )
        self.paired = [(b[b >= 0], a[b >= 0]) for b, a in zip(self.before.T, self.after.T, strict=True)]

    def counted(self) -> Counts:
        """Our count table."""
        return count_matrix(self.after, SCALE.K)

    def rows(self) -> object:
        """Every figure of the consensus table, from the matrix."""
        return consensus_rows(Analysis(DEFINITION, (RoundData(2, self.items, self.counted()),)))

    def page(self) -> object:
        """Everything a results page shows: the rows with what moved since the round before."""
        moves = count_moves(self.before, self.after, SCALE.K)
        return consensus_rows(Analysis(DEFINITION, (RoundData(2, self.items, self.counted(), moves),)))

    def everything(self) -> object:
        """The page, the paired tests of every statement, and W of the whole panel with its gaps."""
        moves = count_moves(self.before, self.after, SCALE.K)
        rows = consensus_rows(Analysis(DEFINITION, (RoundData(2, self.items, self.counted(), moves),)))
        tests = [(signed_rank_of_moves(one), sign_test_of_moves(one)) for one in moves]
        return rows, tests, kendall_w_codes(self.after, SCALE.K)

    def pandas_counts(self) -> object:
        """Counts and opt-outs in long form."""
        groups = self.long.groupby("statement")
        return groups["rating"].value_counts(), groups["nq"].sum()

    def pandas_table(self) -> object:
        """The per-statement figures in long form: counts, description, quartiles, shares."""
        groups = self.long.groupby("statement")
        agree = (self.long["rating"] >= 3).groupby(self.long["statement"]).sum()
        quartiles = groups["rating"].quantile([0.25, 0.5, 0.75])
        return *self.pandas_counts(), groups["rating"].describe(), quartiles, agree / groups["rating"].count()

    def columns(self) -> object:
        """The same by a NumPy loop over columns."""
        found = []
        for column in self.after.T:
            rated = column[column >= 0]
            counts = np.bincount(rated, minlength=SCALE.K)
            found.append(
                (counts, np.percentile(rated, [25, 50, 75]), rated.mean(), rated.std(ddof=1), (column == -1).sum())
            )
        return found

    def usual(self) -> object:
        """The usual set: the table in pandas, SciPy's signed-rank test of each statement, W from ranks (gaps filled)."""
        tests = []
        for before, after in self.paired:
            d = after.astype(np.int64) - before
            tests.append(wilcoxon(d, zero_method="wilcox", method="approx") if d.any() else None)
        ranks = rankdata(self.after, axis=1)
        return self.pandas_table(), tests, ((ranks.sum(0) - ranks.sum(0).mean()) ** 2).sum()


Times = dict[str, list[float]]


def contest(contenders: dict[str, Work], rounds: int) -> Times:
    """Seconds of each contender; in every round each runs once, after one round that is not counted."""
    times: Times = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, work in contenders.items():
            start = perf_counter()
            work()
            if number:
                times[name].append(perf_counter() - start)
    return times


def peak(work: Work) -> float:
    """Peak of what a contender allocates, in MB."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found / 2**20


def measure(size: tuple[int, int], rounds: int) -> str:
    """Measure one size, and give the line of the table."""
    panel = Panel(*size)
    quick = contest(
        {
            "sum": lambda: np.sum(panel.after, dtype=np.int64),
            "max": panel.after.max,
            "count": panel.counted,
            "rows": panel.rows,
            "page": panel.page,
            "all": panel.everything,
            "columns": panel.columns,
        },
        max(rounds, 7),
    )
    slow = contest(
        {
            "count": panel.counted,
            "rows": panel.rows,
            "all": panel.everything,
            "pandas counts": panel.pandas_counts,
            "pandas": panel.pandas_table,
            "usual": panel.usual,
        },
        max(rounds // 8, 3),
    )
    memory = [f"{peak(work):.1f}" for work in (panel.rows, panel.everything, panel.pandas_table)]

    def ratio(times: Times, one: str, other: str) -> str:
        return f"{median(times[one]) / median(times[other]):.{1 if times is quick else 0}f}"

    def least(name: str) -> str:
        return f"{1000 * min(quick[name]):.2f} ms"

    cells = [
        f"{size[0]:,} × {size[1]}",
        least("count"),
        ratio(quick, "count", "sum"),
        ratio(quick, "count", "max"),
        ratio(slow, "pandas counts", "count"),
        least("rows"),
        ratio(quick, "columns", "rows"),
        ratio(slow, "pandas", "rows"),
        least("page"),
        least("all"),
        ratio(slow, "usual", "all"),
        *memory,
    ]
    return f"| {' | '.join(cells)} |"


def growth(rounds: int = 15) -> str:
    """Say what doubling the panel costs."""
    small, large = Panel(20_000, 200), Panel(40_000, 200)
    counts = [one.counted() for one in (small, large)]
    times = contest(
        {
            "count": small.counted,
            "count 2": large.counted,
            "summary": lambda: consensus_rows(Analysis(DEFINITION, (RoundData(2, small.items, counts[0]),))),
            "summary 2": lambda: consensus_rows(Analysis(DEFINITION, (RoundData(2, large.items, counts[1]),))),
        },
        rounds,
    )
    found = {name: median(one) for name, one in times.items()}
    return (
        f"Doubling the panel (20,000 → 40,000 × 200): counting × {found['count 2'] / found['count']:.2f}, "
        f"the summary × {found['summary 2'] / found['summary']:.2f}."
    )


HEADS = (
    *("panelists × statements", "counting", "÷ sum", "÷ max", "pandas counts ÷", "table", "NumPy loop ÷", "pandas ÷"),
    *("results page", "with W and tests", "usual set ÷", "MB table", "MB all", "MB pandas"),
)


def main() -> None:
    """Measure, print, and keep what was printed if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the largest panel")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    given = parser.parse_args()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, pandas {pd.__version__}"
    lines = [versions, "", f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    print("\n".join(lines), flush=True)
    for size, rounds in list(SIZES.items())[: 2 if given.quick else 3]:
        lines.append(measure(size, rounds))
        print(lines[-1], flush=True)
    lines += ["", growth()]
    print("\n".join(lines[-2:]))
    if given.write:
        before, mark, _ = OUT.read_text(encoding="utf-8").partition("<!-- measured -->\n")
        OUT.write_text(before + mark + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
