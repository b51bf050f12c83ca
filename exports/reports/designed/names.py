"""Figures that a cell may name."""

SETS = ("k", "pct")  # number and share of some options: k_7-9, pct_7-9
TEXTS = {"code", "text", "remark", "section", "kind", "round", "verdict", "grade", "decision", "mark", "disagreement"}
COUNTS = {
    "n": "n_rated",
    "n_nq": "n_nq",
    "n_blank": "n_blank",
    "n_shown": "n_shown",
    "n_invited": "n_invited",
    "agree_k": "combined_k",
    "disagree_k": "disagree_k",
}
SHARES = {
    "agree": "combined_pct",
    "strongly": "agree_pct",
    "disagree": "disagree_pct",
    "neutral": "neutral_pct",
    "nq": "nq_pct",
}
NUMBERS = {
    **{name: name for name in ("median", "q1", "q3", "iqr", "mean", "sd")},
    "change": "delta_combined_pp",
    "changed": "changed_pct",
}
RAND = ("p30", "p70", "ipr", "iprcp", "ai", "ipras", "di")
OF_COUNTS = ("min", "max", "outside")
KNOWN = {*TEXTS, *COUNTS, *SHARES, *NUMBERS, *RAND, *OF_COUNTS}
