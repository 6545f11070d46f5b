"""Bringing content in from elsewhere, and taking it back."""

from exchange.actions.importing import OtherSourceError, Report, Watcher, import_content
from exchange.actions.undoing import undo_import
from exchange.site import ImportStoppedError

__all__ = ["ImportStoppedError", "OtherSourceError", "Report", "Watcher", "import_content", "undo_import"]
