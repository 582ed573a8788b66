"""Where the console's doors are, for code and templates alike."""

from __future__ import annotations

HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
SIGN_OUT = f"{HOME}/sign-out"
PASSWORD = f"{HOME}/password"
LOOK = f"{HOME}/look"
LIVE = f"{HOME}/live"
AS = f"{HOME}/as"
CALLS = f"{HOME}/calls"
CONNECT = f"{HOME}/connect"
ERRORS = f"{HOME}/errors"
FIRST_RUN = f"{HOME}/first-run"
KEYS = f"{HOME}/keys"
OPTIONS = f"{HOME}/options"
PLAYGROUND = f"{HOME}/playground"
TOKENS = f"{HOME}/tokens"
