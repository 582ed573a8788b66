"""Every runtime option: the table of them (`table.py`), and how values are written (`kinds.py`, `reading.py`)."""

from gemini_balance.core.options.kinds import Budgets, HeaderLines, Json, Quota, Quotas, Safety, names_in
from gemini_balance.core.options.lookup import ROWS, row_of
from gemini_balance.core.options.reading import from_json, from_text, options_from, to_json
from gemini_balance.core.options.rows import TITLES, Group, OptionError, Row
from gemini_balance.core.options.table import Options
from gemini_balance.core.options.titles import OPTION_TITLES

__all__ = [
    "OPTION_TITLES",
    "ROWS",
    "TITLES",
    "Budgets",
    "Group",
    "HeaderLines",
    "Json",
    "OptionError",
    "Options",
    "Quota",
    "Quotas",
    "Row",
    "Safety",
    "from_json",
    "from_text",
    "names_in",
    "options_from",
    "row_of",
    "to_json",
]
