"""What the OpenAPI document says holds: requests made of it, right and wrong ones, meet a running gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gemini_balance.management.table import the_document

if TYPE_CHECKING:
    from typing import Any

    from schemathesis import Case
    from schemathesis.checks import CheckFunction

    from tests.e2e.management.conftest import Operated

schema = schemathesis.openapi.from_dict(the_document("test"))
QUICK = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
THOROUGH = settings(QUICK, max_examples=300)
MEANS_MORE = {"set_options", "import_options", "set_option", "make_token", "change_token", "show_statistics"}
MEANS_MORE |= {"add_key", "change_key", "change_keys", "try_webhook"}
"""What these take is more than its form: a value is right for its option, or not."""
fuzzed = schema.exclude(operation_id=["sign_out", "change_password"])  # they end the session


@fuzzed.parametrize()
@QUICK
def test_every_endpoint_does_what_its_document_says(case: Case[Any], tormented: Operated) -> None:
    asked_and_found_right(case, tormented)


@pytest.mark.prove
@pytest.mark.timeout(1800)
@fuzzed.parametrize()
@THOROUGH
def test_every_endpoint_does_what_its_document_says_however_long_it_is_asked(
    case: Case[Any], tormented: Operated
) -> None:
    asked_and_found_right(case, tormented)


def asked_and_found_right(case: Case[Any], tormented: Operated) -> None:
    excluded: list[CheckFunction] = []
    if case.operation.definition.raw["operationId"] in MEANS_MORE:
        excluded.append(positive_data_acceptance)
    case.call_and_validate(base_url=tormented.running.url, headers=tormented.bearer, excluded_checks=excluded)
