"""Where the database is."""

from pathlib import Path

import pytest

from gemini_balance.storage.database import Database, NoDatabase
from gemini_balance.storage.engine import HOW_TO_NAME, url_of

DATA = Path("data")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", "sqlite:///data/gemini-balance.db"),
        ("sqlite:////srv/gateway.db", "sqlite:////srv/gateway.db"),
        ("postgres://me:secret@db/gateway", "postgresql+psycopg://me:secret@db/gateway"),
        (
            "postgresql://me:secret@db:5433/gateway?sslmode=require",
            "postgresql+psycopg://me:secret@db:5433/gateway?sslmode=require",
        ),
        ("postgresql+psycopg://db/gateway", "postgresql+psycopg://db/gateway"),
    ],
)
def test_addresses_are_taken_as_they_are_usually_written(said: str, meant: str) -> None:
    assert url_of(said, DATA).render_as_string(hide_password=False) == meant


@pytest.mark.parametrize(
    "said", ["mysql://me:secret@db/x", "secret", "sqlite://", "postgresql+asyncpg://me:secret@db/x"]
)
def test_any_other_is_refused_without_repeating_it(said: str) -> None:
    with pytest.raises(ValueError, match=f"^{HOW_TO_NAME}$"):
        url_of(said, DATA)


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase) as raised:
        Database("postgresql://me:secret@127.0.0.1:1/gateway?connect_timeout=2", tmp_path, "a secret key of this test")
    assert "127.0.0.1" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoDatabase, match=r"gemini-balance\.db"):
        Database("", tmp_path / "file" / "data")
