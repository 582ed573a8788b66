"""Where the console's doors are, for code and templates alike."""

from __future__ import annotations

HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
SIGN_OUT = f"{HOME}/sign-out"
PASSWORD = f"{HOME}/password"
LOOK = f"{HOME}/look"
LIVE = f"{HOME}/live"
CALLS = f"{HOME}/calls"
