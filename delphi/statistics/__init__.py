"""Statistics of consensus: pure NumPy, one family a module.

Counts are integers over the declared categories of a scale, shape (K,) for one statement. Measures made with
`delphi.statistics.measure.measure` also have ``.table`` for counts of shape (..., K).
"""

from delphi.statistics.description import category_shares as category_shares
from delphi.statistics.description import cv as cv
from delphi.statistics.description import mean as mean
from delphi.statistics.description import modes as modes
from delphi.statistics.description import quartiles as quartiles
from delphi.statistics.description import scaled_mean as scaled_mean
from delphi.statistics.description import sd as sd
