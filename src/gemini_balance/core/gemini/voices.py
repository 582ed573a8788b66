"""The voices Google speaks with, and which of them stands for a voice of OpenAI's."""

from __future__ import annotations

NAMES = (
    *("Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Aoede", "Callirrhoe", "Autonoe", "Enceladus"),
    *("Iapetus", "Umbriel", "Algieba", "Despina", "Erinome", "Algenib", "Rasalgethi", "Laomedeia", "Achernar"),
    *("Alnilam", "Schedar", "Gacrux", "Pulcherrima", "Achird", "Zubenelgenubi", "Vindemiatrix", "Sadachbia"),
    *("Sadaltager", "Sulafat"),
)
OPENAI = {
    "alloy": "Kore",
    "ash": "Orus",
    "ballad": "Enceladus",
    "cedar": "Iapetus",
    "coral": "Aoede",
    "echo": "Charon",
    "fable": "Puck",
    "marin": "Leda",
    "nova": "Zephyr",
    "onyx": "Fenrir",
    "sage": "Autonoe",
    "shimmer": "Achernar",
    "verse": "Umbriel",
}
_KNOWN = {name.lower(): name for name in NAMES} | OPENAI


def voice(name: str) -> str:
    """Google's name; one that we don't know is Google's to judge."""
    return _KNOWN.get(name.lower(), name)
