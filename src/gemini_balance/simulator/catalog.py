"""models.list and models.get."""

from gemini_balance.simulator.error_table import Subject, named
from gemini_balance.simulator.errors import GoogleError, Problem
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.keys import Caller
from gemini_balance.simulator.models import BY_NAME, MODELS, Model, describe
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.routes import Route

# What a model's list of methods calls a method that goes by another name in the URL.
LISTED_AS = {"streamGenerateContent": "generateContent", "batchEmbedContents": "embedContent"}
PAGING = Paging("ListModelsRequest", "models")


def list_models(route: Route, caller: Caller) -> Object:
    """One page of the models that the caller's project sees."""
    unseen = caller.project.unlisted_models
    return page_of([describe(model) for model in MODELS if model.name not in unseen], PAGING, route.query)


def get_model(route: Route, caller: Caller) -> Object:
    """One model; raises GoogleError 404."""
    model = BY_NAME.get(route.model)
    if model is None or model.name in caller.project.unlisted_models:
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
