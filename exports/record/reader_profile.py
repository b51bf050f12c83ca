"""Who a file is for, and how progress is told."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

T = TypeVar("T")


class Watch(Protocol):
    """Goes through something long and shows how far it is."""

    def __call__(self, items: Iterable[T], label: str, /) -> Iterable[T]:
        """Yield the items."""


def unwatched(items: Iterable[T], label: str, /) -> Iterable[T]:
    """Show no progress."""
    del label
    return items


class Profile(StrEnum):
    """Who a file is for, and so what it may hold (REPORTING 1.1)."""

    PUBLIC = "public"
    ANALYST = "analyst"
    MANAGER = "manager"
    AUTHOR = "author"
    STATISTICIAN = "statistician"


BUNDLE_PROFILES = (
    Profile.ANALYST,
    Profile.PUBLIC,
    Profile.STATISTICIAN,
)  # a bundle holds the results, and names nobody
