"""What kind of thing some bytes are."""

import base64

import pytest

from gemini_balance.core.gemini.mime import MARKS, best, best_of_base64, sniffed

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize(("at", "mark", "kind"), MARKS)
def test_every_mark_is_known_again(at: int, mark: bytes, kind: str) -> None:
    head = b"\0" * at + mark + b"\0" * 24
    assert sniffed(head) == kind
    assert best_of_base64("", base64.b64encode(head).decode()) == kind


@pytest.mark.parametrize(
    ("declared", "head", "name", "kind"),
    [
        ("image/jpeg", PNG, "", "image/png"),
        ("", PNG, "a.txt", "image/png"),
        ("text/csv", b"a,b", "", "text/csv"),
        ("Image/JPG ", b"", "", "image/jpeg"),
        ("audio/mp3", b"", "", "audio/mpeg"),
        ("application/octet-stream", b"a,b", "x.CSV", "text/csv"),
        ("", b"a,b", "mp3", "audio/mpeg"),
        ("", b"a,b", "", "application/octet-stream"),
        ("application/x-thing", b"", "x.csv", "application/x-thing"),
        ("audio/webm", b"\x1aE\xdf\xa3", "", "audio/webm"),
        ("audio/mp4", b"\0\0\0\x18ftypmp42", "", "audio/mp4"),
    ],
)
def test_the_bytes_come_before_the_declared_type_and_that_before_the_name(
    declared: str, head: bytes, name: str, kind: str
) -> None:
    assert best(declared, head, name) == kind


@pytest.mark.parametrize("data", ["", "A", "é", "%%%%", "-_-_", "AAAA\nAAAA"])
def test_what_is_no_base64_is_no_error_here(data: str) -> None:
    assert best_of_base64("image/gif", data) == "image/gif"
