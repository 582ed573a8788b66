"""The composition root: the one room that knows everybody."""

from gemini_balance.app.app import App
from gemini_balance.app.build import build
from gemini_balance.app.clock import SystemClock
from gemini_balance.app.kept import NOTHING, Kept

__all__ = ["NOTHING", "App", "Kept", "SystemClock", "build"]
