"""The rating scales that come with the platform, in display order (METHOD 3)."""

from typing import Any

from delphi.consensus.scale import Scale, Values, span, usual_iqr


def _ordinal(key: str, name: str, labels: str, low: Values, mid: Values, high: Values, **rest: Any) -> Scale:
    """Ordinal scale from 1, its agreement set the upper zone unless said otherwise."""
    words = tuple(labels.split("|"))
    parts: dict[str, Any] = {
        "key": key,
        "name": name,
        "kind": "ordinal",
        "lo": 1,
        "hi": len(words),
        "labels": words,
        "opt_out": None,
        "low": low,
        "mid": mid,
        "high": high,
        "combined": high,
        "agree": high,
        "disagree": low,
        "neutral": mid,
        "max_iqr": usual_iqr(len(words)),
    }
    return Scale(**parts | rest)


AGREEMENT_7 = "strongly disagree|disagree|somewhat disagree|neutral|somewhat agree|agree|strongly agree"
IMPORTANCE_7 = "not important|low importance|slightly important|neutral|moderately important|very important|essential"

_ALL = (
    _ordinal(
        "agree4_nq",
        "Agreement, 4 points, with “not qualified”",
        "disagree|somewhat disagree|somewhat agree|agree",
        (1, 2),
        (),
        (3, 4),
        opt_out="not qualified to respond",
        sets={"combined": (3, 4), "agree": (4,)},
        agree=(4,),
        rule="graded_agreement",
        short=("D", "SD", "SA", "A"),
    ),
    _ordinal(
        "agree5",
        "Agreement, 5 points",
        "strongly disagree|disagree|neither agree nor disagree|agree|strongly agree",
        (1, 2),
        (3,),
        (4, 5),
        sets={"agree": (4, 5), "top": (5,)},
        agree=(5,),
        short=("SD", "D", "Neither", "A", "SA"),
    ),
    _ordinal(
        "agree6_nq",
        "Agreement, 6 points, with “not qualified”",
        "strongly disagree|disagree|somewhat disagree|somewhat agree|agree|strongly agree",
        (1, 2, 3),
        (),
        (4, 5, 6),
        opt_out="not qualified",
        sets={"agree": (4, 5, 6), "top2": (5, 6)},
        agree=(5, 6),
        rule="iqr_rule",
        settings={"near": "1.5"},
    ),
    _ordinal(
        "agree7",
        "Agreement, 7 points",
        AGREEMENT_7,
        (1, 2, 3),
        (4,),
        (5, 6, 7),
        sets={"agree": (5, 6, 7), "top2": (6, 7)},
        agree=(6, 7),
        settings={"agree_set": "top2"},
    ),
    _ordinal(
        "importance5",
        "Importance, 5 points",
        "not important|slightly important|moderately important|important|very important",
        (1, 2),
        (3,),
        (4, 5),
        sets={"important": (4, 5)},
        zone_names=("not important", "moderately important", "important"),
    ),
    _ordinal(
        "importance7",
        "Importance, 7 points",
        IMPORTANCE_7,
        (1, 2, 3),
        (4,),
        (5, 6, 7),
        sets={"top2": (6, 7)},
        combined=(6, 7),
        agree=(6, 7),
        zone_names=("not important", "neutral", "important"),
    ),
    _ordinal(
        "grade9",
        "Importance of outcomes, 9 points (COMET, GRADE)",
        "1|2|3|4|5|6|7|8|9",
        (1, 2, 3),
        (4, 5, 6),
        (7, 8, 9),
        opt_out="unable to score",
        sets={"critical": (7, 8, 9)},
        rule="comet_70_15",
        zone_names=("limited importance", "important but not critical", "critical"),
    ),
    _ordinal(
        "rand9",
        "Appropriateness, 9 points (RAND/UCLA)",
        "1|2|3|4|5|6|7|8|9",
        (1, 2, 3),
        (4, 5, 6),
        (7, 8, 9),
        opt_out="outside my field",
        sets={"appropriate": (7, 8, 9)},
        rule="rand_appropriateness",
        zone_names=("inappropriate", "uncertain", "appropriate"),
    ),
    _ordinal(
        "yesno",
        "Yes or no",
        "no|yes",
        (0,),
        (),
        (1,),
        kind="binary",
        lo=0,
        hi=1,
        sets={"yes": (1,)},
        short=("No", "Yes"),
        zone_names=("no", "", "yes"),
    ),
    _ordinal(
        "slider100",
        "Slider, 0 to 100",
        "|".join(map(str, span(0, 100))),
        span(0, 33),
        span(34, 66),
        span(67, 100),
        kind="interval",
        lo=0,
        hi=100,
        sets={"high": span(67, 100)},
        rule="iqr_rule",
        settings={"max_iqr": "20"},
    ),
)
SCALES: dict[str, Scale] = {scale.key: scale for scale in _ALL}
