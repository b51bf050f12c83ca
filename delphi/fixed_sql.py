"""Statements of Core that never change: compiled once for each database, and handed to its driver.

SQLAlchemy finds what it compiled before by a key of the whole expression, and asks each time anew how to read the columns: on the way of
a save that was a fifth of the work. What goes in and comes out is the same; types and defaults are those of the tables.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update

Converter = Callable[[Any], Any]
Values = Mapping[str, Any]


class FixedStatement:
    """A statement with named parameters, none of them a list; its rows are named tuples of Python values."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}  # by the name of the dialect

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Ask, and read every row."""
        compiled = self._for(connection.dialect)
        return compiled.read(connection.exec_driver_sql(compiled.text, compiled.parameters(values)).all())

    def run(self, connection: Connection, *values: Values) -> None:
        """Write once for each set of values."""
        compiled = self._for(connection.dialect)
        sent = [compiled.parameters(one) for one in values]
        connection.exec_driver_sql(compiled.text, sent if len(sent) > 1 else sent[0])

    def _for(self, dialect: Dialect) -> "_Compiled":
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _Compiled.of(self._statement, dialect)
        return self._compiled[dialect.name]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as text, with what prepares its values and reads its columns; ``order`` is set where values have places, not names."""

    text: str
    order: Sequence[str] | None
    given: Mapping[str, Converter | None]
    constants: Values
    defaults: Mapping[str, Callable[[], Any]]
    columns: Sequence[tuple[int, Converter]]
    row: Any

    @classmethod
    def of(cls, statement: Any, dialect: Dialect) -> "_Compiled":
        """Compile a statement."""
        compiled = statement.compile(dialect=dialect)
        assert not compiled.post_compile_params | compiled.literal_execute_params, "its text would not stay the same"
        binds = {name: bound for bound, name in compiled.bind_names.items()}
        binders = {name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in binds.items()}
        columns = [] if statement.is_dml else list(statement.selected_columns)
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        defaults = {column.key: _default(column.default) for column in compiled.insert_prefetch}
        constants = {name: bound.value for name, bound in binds.items() if not bound.required and name not in defaults}
        return cls(
            text=str(compiled),
            order=compiled.positiontup,
            given={name: binder for name, binder in binders.items() if name not in constants},
            constants={name: _converted(binders[name], value) for name, value in constants.items()},
            defaults=defaults,
            columns=[(place, reader) for place, reader in enumerate(readers) if reader],
            row=namedtuple("Row", [column.key for column in columns]),  # noqa: PYI024 (its fields are the statement's)
        )

    def parameters(self, values: Values) -> Sequence[Any] | Values:
        """The values as the driver takes them."""
        bound = dict(self.constants)
        for name, binder in self.given.items():
            value = values[name] if name in values else self.defaults[name]()
            bound[name] = _converted(binder, value)
        return bound if self.order is None else tuple([bound[name] for name in self.order])

    def read(self, rows: Sequence[Any]) -> list[Any]:
        """The rows of the driver as named tuples."""
        found = []
        for row in map(list, rows):
            for place, reader in self.columns:
                row[place] = reader(row[place])
            found.append(self.row._make(row))
        return found


def _default(default: Any) -> Callable[[], Any]:
    """What makes the value of a column that nobody gave."""
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)


def _converted(convert: Converter | None, value: Any) -> Any:
    return value if convert is None else convert(value)
