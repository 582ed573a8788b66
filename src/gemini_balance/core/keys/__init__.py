"""Keys as people write them: read out of any text, looked at before they are taken, and written out again."""

from gemini_balance.core.keys.entry import Entry, UnusableKey, checked, key_id, masked, spec_of
from gemini_balance.core.keys.export import Format, written
from gemini_balance.core.keys.preview import Item, Preview, Standing, previewed
from gemini_balance.core.keys.reading import Reading, read, read_values
from gemini_balance.core.keys.shapes import Doubt

__all__ = [
    "Doubt",
    "Entry",
    "Format",
    "Item",
    "Preview",
    "Reading",
    "Standing",
    "UnusableKey",
    "checked",
    "key_id",
    "masked",
    "previewed",
    "read",
    "read_values",
    "spec_of",
    "written",
]
