"""What is installed: our own version, and which packages we need."""

from importlib.metadata import PackageNotFoundError, requires, version

DISTRIBUTION = "tingyin"
UNINSTALLED = "0+uninstalled"


def own_version() -> str:
    """Return the version of Tingyin; `0+uninstalled` where it runs from its source folder."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return UNINSTALLED


def needed() -> list[str] | None:
    """Return the packages that Tingyin needs, as requirement lines; None where nobody knows."""
    try:
        return requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return None
