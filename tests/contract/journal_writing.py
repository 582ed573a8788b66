"""Writes calls into the journal of a folder for as long as it lives, and tells after each batch how many there are."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from gemini_balance.storage.engine import journal_of, url_of
from gemini_balance.storage.journal.writer import CallWriter
from tests.contract.calls import KEYS, attempt, call, failed

BATCH = 25

if __name__ == "__main__":
    writer = CallWriter(journal_of(url_of("", Path(sys.argv[1]))))
    dice = random.Random(int(sys.argv[2]))
    written = 0
    while True:
        batch = [
            dice.choice([call, call, failed])(
                time.time() - dice.uniform(0, 7200),
                token_id=dice.choice(["t1", "t2"]),
                model_used=dice.choice("mn"),
                attempts=tuple(attempt(key) for key in dice.sample(KEYS, dice.randint(1, 3))),
                seconds=dice.uniform(0, 90),
            )
            for _ in range(BATCH)
        ]
        writer.write_now(batch)
        written += len(batch)
        print(written, flush=True)
