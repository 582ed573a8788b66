"""Writes keys and options one after the other until it is killed; what is acknowledged is a line on its output.

python -m tests.contract.writer FOLDER FIRST
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.stores import Change, KeptKey, Subject
from gemini_balance.storage.database import Database

MANY = 5  # keys of each write


def key(number: int, place: int) -> KeptKey:
    return KeptKey(id=KeyId(f"key-{number}-{place}"), secret=f"secret-{number}-{place}", created=float(number))


def change(subject: Subject, number: int) -> Change:
    return Change(at=float(number), who="operator", subject=subject, target=str(number), action="add")


async def write(folder: Path, number: int) -> None:
    database = Database("", folder)
    while True:
        await database.keys.put([key(number, place) for place in range(MANY)], change(Subject.KEY, number))
        acknowledge("keys", number)
        await database.options.put({"max_retries": str(number)}, [change(Subject.OPTION, number)])
        acknowledge("option", number)
        number += 1


def acknowledge(what: str, number: int) -> None:
    """In one system call, so that a kill leaves no half of it."""
    os.write(sys.stdout.fileno(), f"{what} {number}\n".encode())


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
