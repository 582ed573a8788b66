"""/backups."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.app import Kept
from gemini_balance.gateway.upkeep import CannotCopy, Check, Copy, Packed
from tests.unit.management.stage import Managed, managed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.anyio
COPY = Copy("2027-01-15T12-00-00Z", 1_800_014_400.0, "data/backups/2027-01-15T12-00-00Z", 42)
SHOWN = {"name": COPY.name, "at": COPY.at, "bytes": 42, "place": COPY.place}


@dataclass
class Files:
    """Implements `Keeper`."""

    command: str = ""
    trouble: str = ""
    made: list[Copy] = field(default_factory=list)

    def examine(self) -> Sequence[Check]:
        return []

    def copies(self) -> Sequence[Copy]:
        return self.made

    def copy(self, at: float, progress: Callable[[str, int, int], None]) -> Copy:
        if self.trouble:
            raise CannotCopy(self.trouble)
        self.made = [COPY]
        return COPY

    def pack(self, name: str) -> Packed | None:
        return Packed("copy.tar", 5, iter([b"he", b"llo"])) if name in {one.name for one in self.made} else None


async def settled(gateway: Managed) -> Any:
    """What the list says once nothing is being made."""
    for _ in range(200):
        told = (await gateway.ask("GET", "/backups")).json
        if told["making"] is None:
            return told
        await asyncio.sleep(0.01)
    raise AssertionError(told)


async def test_a_copy_is_made_beside_the_answer_and_listed() -> None:
    gateway = managed(Kept(keeper=Files()))
    begun = await gateway.ask("POST", "/backups")
    assert (begun.status, begun.json["making"]) == (202, {"file": "", "done": 0, "total": 0})
    assert await settled(gateway) == {"items": [SHOWN], "making": None, "failed": "", "command": ""}


async def test_why_none_was_made_is_told() -> None:
    gateway = managed(Kept(keeper=Files(trouble="No room.")))
    await gateway.ask("POST", "/backups")
    assert await settled(gateway) == {"items": [], "making": None, "failed": "No room.", "command": ""}


async def test_a_copy_comes_as_one_file() -> None:
    got = await managed(Kept(keeper=Files(made=[COPY]))).ask("GET", f"/backups/{COPY.name}")
    assert (got.status, got.body) == (200, b"hello")
    about = ("content-type", "content-length", "content-disposition", "cache-control")
    assert [got.headers[name] for name in about] == [
        "application/x-tar",
        "5",
        'attachment; filename="copy.tar"',
        "no-store",
    ]


async def test_another_name_is_none() -> None:
    gateway = managed(Kept(keeper=Files(made=[COPY])))
    assert (await gateway.ask("GET", "/backups/secret-key")).error == (404, "not_found", None)


async def test_for_postgresql_the_command_is_told_instead() -> None:
    gateway = managed(Kept(keeper=Files(command="pg_dump …")))
    refused = await gateway.ask("POST", "/backups")
    assert (refused.status, refused.json["error"]["message"]) == (
        409,
        "PostgreSQL has a tool for this. Run: pg_dump …",
    )
    assert (await gateway.ask("GET", "/backups")).json["command"] == "pg_dump …"
