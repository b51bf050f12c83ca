"""What all tables share: names of constraints, times in UTC, keys that begin with the study."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKeyConstraint, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; a datetime without a zone is refused, since it would mean a different moment elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; SQLite gets UTC without a zone, since it stores none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return UTC, whatever zone the server speaks."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of a closed vocabulary, stored as its text; a CHECK of the table holds the list."""

    impl = String(40)
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (interface)
        """Store the text of a word that is in the vocabulary."""
        return None if value is None else self.vocabulary(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 (interface)
        """Return the word."""
        return None if value is None else self.vocabulary(value)


class Filled(TypeDecorator[Any]):
    """JSON that is empty, of this kind, where a row is older than its column: no default of JSON is alike on both databases."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: type[list[Any]] | type[dict[str, Any]]) -> None:
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 (interface)
        """Return what is stored."""
        return self.kind() if value is None else value


class Leased:
    """Columns of a row that a worker holds for a while, until it is done or its lease is over."""

    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)

    def release(self) -> None:
        """Let go of the row."""
        self.claimed_by = self.claimed_until = None


def one_of(column: str, vocabulary: type[StrEnum]) -> str:
    """SQL of a CHECK that a column holds a word of the vocabulary."""
    return f"{column} IN ({', '.join(repr(word.value) for word in vocabulary)})"


def belongs(columns: str, table: str, target: str | None = None, **options: Any) -> ForeignKeyConstraint:
    """Foreign key within one study: ``belongs("round statement", "questionnaire_item")``."""
    ours = ["study_id", *columns.split()]
    theirs = ["study_id", *(target or columns).split()]
    return ForeignKeyConstraint(ours, [f"{table}.{column}" for column in theirs], **options)
