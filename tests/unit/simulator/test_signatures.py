"""Signatures are known again, by what they were given for."""

import base64

import pytest

from gemini_balance.simulator.signatures import is_valid, sign


@pytest.mark.parametrize(
    ("signature", "valid"),
    [
        (sign("f"), True),
        (sign("g"), False),
        (base64.b64encode(b"skip_thought_signature_validator").decode(), True),
        ("skip/thought/signature/validator", True),
        (base64.b64encode(b"context_engineering_is_the_way_to_go").decode(), True),
        (base64.b64encode(b"\x12\x05real").decode(), True),
        (base64.b64encode(b"made up").decode(), False),
        ("", False),
    ],
)
def test_it_knows_its_own_the_sentinels_and_real_ones(signature: str, valid: bool) -> None:
    assert is_valid(signature, "f") is valid
