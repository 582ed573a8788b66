"""System: what runs here, whether all of it is as it should be, and who changed what."""

from gemini_balance.console.pages.system.changes import CHANGES
from gemini_balance.console.pages.system.page import PAGE

__all__ = ["CHANGES", "PAGE"]
