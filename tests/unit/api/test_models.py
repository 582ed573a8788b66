"""Lists of models, as a caller's token may see them."""

from typing import Any

import msgspec
import pytest

from gemini_balance.api.models import list_models
from gemini_balance.core.call import Call, Operation, Principal
from gemini_balance.core.errors import ModelNotFound
from gemini_balance.core.options import Options
from gemini_balance.gateway.models import ModelBook
from tests.unit.api.door import Client
from tests.unit.gateway.stage import Stage
from tests.unit.gateway.test_models import page

pytestmark = pytest.mark.anyio
LIMITED = Principal("limited", models=frozenset({"b", "gone"}))


async def listed(principal: Principal | None, model: str = "", *, verbatim: bool = False) -> Any:
    book = ModelBook(Stage(page("a", "b", "c")).gateway)
    client = Client(verbatim=verbatim)
    client.exchange.principal = principal
    call = Call(Operation.GET_MODEL if model else Operation.LIST_MODELS, model, verbatim=verbatim)
    options = Options(search_models=("a", "b"), filtered_models=("c",))
    assert await list_models(client.exchange, call, book, options, 0)
    return msgspec.json.decode(client.body)


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        (LIMITED, ["b", "b-search"]),
        (Principal("searches", models=frozenset({"b-search", "c"})), ["b-search"]),
        (Principal("any"), ["a", "a-search", "b", "b-search"]),
    ],
)
async def test_a_token_with_a_list_of_models_is_shown_no_others(principal: Principal, shown: list[str]) -> None:
    assert [one["id"] for one in (await listed(principal))["data"]] == shown
    own = [f"models/{name}" for name in shown if not name.endswith("-search")]
    assert [one["name"] for one in (await listed(principal, verbatim=True))["models"]] == own


@pytest.mark.parametrize("verbatim", [False, True], ids=["openai", "native"])
async def test_a_model_that_is_not_for_a_token_is_missing_for_it(*, verbatim: bool) -> None:
    assert await listed(LIMITED, "b", verbatim=verbatim)
    with pytest.raises(ModelNotFound):
        await listed(LIMITED, "a", verbatim=verbatim)
