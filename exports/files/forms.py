"""What the page of files sends: an order."""

from collections.abc import Mapping

from delphi.errors import BadInput, Refused
from exports.files import jobs
from exports.files.orders import Order
from exports.record.reader_profile import Profile


def read_order(sent: Mapping[str, str]) -> Order:
    """Read an order.

    Raises
    ------
    BadInput
        There is no such file.
    """
    try:
        profile = Profile(sent.get("profile", ""))
        order = Order(sent.get("report", ""), sent.get("format", ""), profile, sent.get("by_group") == "y")
        jobs.check(order)
    except (ValueError, Refused):
        raise BadInput("There is no such file. Choose one on the page; nothing was written.") from None
    return order
