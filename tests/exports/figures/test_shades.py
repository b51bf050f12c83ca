"""Colours of options are told apart without colour: by a lightness that is computed here anew."""

from itertools import pairwise, product

import pytest

from delphi.consensus.shipped_scales import SCALES
from exports.figures.shades import shades


def lightness(colour):
    """CIE L* of a colour, from its definition."""
    linear = []
    for at in (1, 3, 5):
        part = int(colour[at : at + 2], 16) / 255
        linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > (6 / 29) ** 3 else y * (29 / 3) ** 3


def parts(scale):
    zones = [option.values[0] for option in scale.printed_options]
    high, low = sum(z in scale.combined for z in zones), sum(z in scale.disagree for z in zones)
    return high, len(zones) - high - low, low


SHIPPED = {parts(scale) for scale in SCALES.values()}
OTHERS = {sizes for sizes in product((1, 2, 3), (0, 1, 2, 3), (0, 1, 2, 3)) if sum(sizes) > 1}


@pytest.mark.parametrize("sizes", sorted(SHIPPED | OTHERS))
def test_neighbours_and_ends_differ_in_lightness(sizes):
    grey = [lightness(colour) for colour in shades(*sizes)]
    assert len(grey) == sum(sizes)
    assert min(abs(a - b) for a, b in pairwise(grey)) >= 15
    assert abs(grey[0] - grey[-1]) >= 15
