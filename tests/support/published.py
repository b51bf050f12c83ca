"""Published Delphi data.

``EXINSS`` are the counts of CSM-Research/DLPH-ExInSS, commit 2db76bb (CC BY 4.0): 35 panelists in round 1, 28 of them in
round 2, twelve items on four points; medians and modes as published there.
``TABLE_2`` are nine rows of Table 2 of Lazarus JV et al., Nature 2022;611:332, doi:10.1038/s41586-022-05398-2 (CC BY 4.0).
"""

EXINSS = [
    (1, "domain_expert Goal", [0, 3, 15, 17], 3, 4),
    (1, "domain_expert RQ", [0, 9, 17, 9], 3, 3),
    (1, "domain_expert Search Strategy", [4, 7, 16, 8], 3, 3),
    (1, "domain_expert Databases", [3, 9, 17, 6], 3, 3),
    (1, "domain_expert Search String", [3, 6, 9, 17], 3, 4),
    (1, "domain_expert IC/EC", [4, 9, 11, 11], 3, 4),
    (1, "slr_specialist Goal", [1, 4, 14, 16], 3, 4),
    (1, "slr_specialist RQ", [1, 6, 11, 17], 3, 4),
    (1, "slr_specialist Search Strategy", [2, 4, 10, 19], 4, 4),
    (1, "slr_specialist Databases", [1, 8, 12, 14], 3, 4),
    (1, "slr_specialist Search String", [1, 4, 9, 21], 4, 4),
    (1, "slr_specialist IC/EC", [2, 6, 9, 18], 4, 4),
    (2, "domain_expert Goal", [0, 3, 8, 17], 4, 4),
    (2, "domain_expert RQ", [0, 5, 14, 9], 3, 3),
    (2, "domain_expert Search Strategy", [3, 6, 15, 4], 3, 3),
    (2, "domain_expert Databases", [1, 9, 12, 6], 3, 3),
    (2, "domain_expert Search String", [2, 2, 8, 16], 4, 4),
    (2, "domain_expert IC/EC", [3, 5, 13, 7], 3, 3),
    (2, "slr_specialist Goal", [0, 3, 12, 13], 3, 3),
    (2, "slr_specialist RQ", [1, 3, 11, 13], 3, 3),
    (2, "slr_specialist Search Strategy", [1, 2, 7, 18], 4, 4),
    (2, "slr_specialist Databases", [0, 4, 13, 11], 3, 3),
    (2, "slr_specialist Search String", [0, 1, 6, 21], 4, 4),
    (2, "slr_specialist IC/EC", [1, 1, 9, 17], 4, 4),
]


# the 28 panelists of both rounds: rating in round 1 (rows) and in round 2 (columns), item by item as above
MOVES = [
    [[0, 0, 0, 0], [0, 3, 0, 0], [0, 0, 8, 0], [0, 0, 0, 17]],
    [[0, 0, 0, 0], [0, 2, 3, 1], [0, 3, 9, 4], [0, 0, 2, 4]],
    [[2, 0, 1, 0], [1, 6, 0, 0], [0, 0, 10, 1], [0, 0, 4, 3]],
    [[1, 0, 1, 0], [0, 8, 0, 0], [0, 1, 10, 2], [0, 0, 1, 4]],
    [[1, 1, 0, 0], [1, 1, 2, 0], [0, 0, 5, 3], [0, 0, 1, 13]],
    [[2, 1, 0, 0], [1, 3, 3, 1], [0, 0, 9, 0], [0, 1, 1, 6]],
    [[0, 1, 0, 0], [0, 2, 0, 0], [0, 0, 9, 4], [0, 0, 3, 9]],
    [[1, 0, 0, 0], [0, 3, 2, 0], [0, 0, 7, 2], [0, 0, 2, 11]],
    [[1, 0, 0, 1], [0, 1, 1, 1], [0, 1, 6, 2], [0, 0, 0, 14]],
    [[0, 0, 1, 0], [0, 4, 3, 0], [0, 0, 8, 3], [0, 0, 1, 8]],
    [[0, 0, 0, 1], [0, 1, 1, 1], [0, 0, 5, 3], [0, 0, 0, 16]],
    [[1, 0, 0, 1], [0, 1, 4, 0], [0, 0, 5, 4], [0, 0, 0, 12]],
]


MISPRINTED_MODES = {(2, "slr_specialist Goal"), (2, "slr_specialist RQ")}  # printed 3; the counts prove 4
