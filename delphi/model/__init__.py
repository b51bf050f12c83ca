"""Every table, one aggregate a module; import from the leaf modules."""

from importlib import import_module
from pkgutil import iter_modules


def load_tables() -> None:
    """Import every table, so that the metadata are whole."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
