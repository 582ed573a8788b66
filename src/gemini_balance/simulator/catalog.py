"""models.list and models.get."""

import base64
import binascii

from gemini_balance.simulator.error_table import Subject, named
from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.keys import Caller
from gemini_balance.simulator.models import BY_NAME, MODELS, Model, describe
from gemini_balance.simulator.routes import Route

# What a model's list of methods calls a method that goes by another name in the URL.
LISTED_AS = {"streamGenerateContent": "generateContent", "batchEmbedContents": "embedContent"}
DEFAULT_PAGE = 50
MAX_PAGE = 1000


def list_models(route: Route) -> Object:
    """One page of the models."""
    size = _page_size(route.query.get("pageSize") or route.query.get("page_size") or "")
    start = _read_token(route.query.get("pageToken") or route.query.get("page_token") or "")
    page: list[Json] = [describe(model) for model in MODELS[start : start + size]]
    answer: Object = {"models": page}
    if start + size < len(MODELS):
        answer["nextPageToken"] = _token(start + size)
    return answer


def _page_size(text: str) -> int:
    if not text:
        return DEFAULT_PAGE
    if not text.lstrip("-").isdigit():
        raise GoogleError(invalid_argument(f"Invalid value at 'page_size' (TYPE_INT32), \"{text}\""))
    size = int(text)
    if size < 0 or size > MAX_PAGE:
        message = f"* ListModelsRequest.page_size: page_size must be in the range [0, {MAX_PAGE}].\n"
        raise GoogleError(invalid_argument(message))
    return size or DEFAULT_PAGE


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"models/{start}".encode()).decode()


def _read_token(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("models/"))
    except (binascii.Error, ValueError):
        raise GoogleError(invalid_argument("Invalid page token.")) from None


def get_model(route: Route) -> Object:
    """One model; raises GoogleError 404."""
    model = BY_NAME.get(route.model)
    if model is None:
        message = f"Model is not found: models/{route.model} for api version {route.version}"
        raise GoogleError(Problem(404, message))
    return describe(model)


def model_for(route: Route, caller: Caller, subject: Subject) -> Model:
    """The model that shall do this; raises GoogleError 404 when it is unknown, retired, closed or can't."""
    model = BY_NAME.get(route.model)
    if model is None or LISTED_AS.get(route.operation, route.operation) not in model.methods:
        raise GoogleError(named("model_not_found", subject))
    if model.name in caller.project.closed_models:
        raise GoogleError(named("new_users", subject))
    return model
