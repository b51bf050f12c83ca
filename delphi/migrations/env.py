"""Alembic's entry: our engine, our names, foreign keys off while tables are rebuilt (TRUST 10.1)."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import text

from delphi.database import engine_for
from delphi.model import load_tables
from delphi.model.base import Base, UtcDateTime, Word

load_tables()


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as the plain types below them: a revision must not change with our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return f"sa.String(length={item.impl.length})"
    return False


engine = engine_for(context.config.attributes["url"])
sqlite = engine.dialect.name == "sqlite"
try:
    with engine.connect() as connection:
        if sqlite:
            # With foreign keys on, rebuilding a parent table deletes its children without an error. Outside a transaction.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            render_item=render_item,
            compare_server_default=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"{len(broken)} rows lost their parent; nothing was changed")
        if sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
finally:
    engine.dispose()
