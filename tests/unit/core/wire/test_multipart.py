"""A form is cut into the fields that its sender put in, whatever bytes they hold."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.wire.multipart import Field, fields

KIND = "multipart/form-data; boundary=XX"


def form(*parts: bytes) -> bytes:
    return b"".join(b"--XX\r\n" + part + b"\r\n" for part in parts) + b"--XX--\r\n"


def part(disposition: str, data: bytes, *headers: str) -> bytes:
    lines = [f"Content-Disposition: form-data; {disposition}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


@pytest.mark.parametrize(
    ("disposition", "headers", "field"),
    [
        ('name="a"', [], Field("a", b"x")),
        ("name=a", [], Field("a", b"x")),
        ('name="f"; filename="b c.png"', ["Content-Type: image/png"], Field("f", b"x", "b c.png", "image/png")),
        ('name="f"; filename="a;b=\\"c\\".png"', [], Field("f", b"x", 'a;b="c".png')),
        ('name="f"; filename="a%22b"', [], Field("f", b"x", 'a"b')),
        ('name="f"; filename="C:\\dir\\a.png"', [], Field("f", b"x", "C:\\dir\\a.png")),
        ("name=\"f\"; filename*=UTF-8''gr%C3%BCn.png", [], Field("f", b"x", "grün.png")),
        ('name="grün"', [], Field("grün", b"x")),
    ],
)
def test_a_field_has_a_name_perhaps_a_file_name_and_a_type(disposition: str, headers: list[str], field: Field) -> None:
    assert fields(KIND, form(part(disposition, b"x", *headers))) == [field]


def test_a_preamble_and_an_epilogue_are_skipped() -> None:
    body = b"hello\r\n" + form(part('name="a"', b"x")) + b"goodbye"
    assert fields('multipart/form-data; charset=utf-8; boundary="XX"', body) == [Field("a", b"x")]


def test_a_form_may_have_no_fields() -> None:
    assert fields(KIND, b"--XX--\r\n") == []


@given(st.lists(st.binary()))
def test_data_come_back_as_they_were_sent(values: list[bytes]) -> None:
    sent = [value for value in values if b"--XX" not in value]
    body = form(*(part('name="a"', value, "Content-Type: application/octet-stream") for value in sent))
    assert [field.data for field in fields(KIND, body)] == sent


@given(st.data())
def test_a_form_cut_anywhere_is_refused_or_whole(data: st.DataObject) -> None:
    body = form(part('name="a"', b"x"), part('name="b"', b"y"))
    end = data.draw(st.integers(0, len(body)))
    try:
        found = fields(KIND, body[:end])
    except BadRequest:
        return
    assert found == [Field("a", b"x"), Field("b", b"y")]


@given(st.binary())
def test_no_bytes_raise_anything_but_a_bad_request(noise: bytes) -> None:
    for body in (noise, b"--XX" + noise, b"--XX\r\n" + noise + b"\r\n--XX--"):
        with suppress(BadRequest):
            fields(KIND, body)


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("application/json", b"{}", "Send the fields as multipart/form-data, with a boundary."),
        ("multipart/form-data", b"", "Send the fields as multipart/form-data, with a boundary."),
        (KIND, b"", "The form doesn't begin with its boundary."),
        (KIND, b"--XX\r\n\r\nx", "The form ends in the middle of a field."),
        (KIND, form(b"Content-Disposition: form-data\r\n\r\nx"), "A field of the form has no name."),
        (
            KIND,
            form(part('name="a"', b"x\r\n--XXY")),
            "A boundary of the form is followed by something else than a line end.",
        ),
        (KIND, form(b"\r\nx"), "A field of the form has no name."),
        (KIND, form(b"X: y"), "A field of the form has no blank line after its headers."),
        (KIND, form(*[part('name="a"', b"")] * 257), "The form has more than 256 fields."),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        fields(kind, body)
    assert refused.value.message == message


def test_text_must_be_utf_8() -> None:
    with pytest.raises(BadRequest, match="`a` is not UTF-8"):
        _ = Field("a", b"\xff").text
