"""The request messages of embedContent, batchEmbedContents and predict, as Google's proto declares them."""

# ruff: noqa: RUF012  # msgspec copies what a field begins with
from __future__ import annotations

from typing import Annotated

from gemini_balance.simulator.scalars import Scalar, one_of
from gemini_balance.simulator.schema import PACKAGE, Bool, Content, Int32, Message, String

TaskType = Annotated[
    str,
    Scalar(
        PACKAGE + "TaskType",
        one_of(
            (
                "TASK_TYPE_UNSPECIFIED",
                "RETRIEVAL_QUERY",
                "RETRIEVAL_DOCUMENT",
                "SEMANTIC_SIMILARITY",
                "CLASSIFICATION",
                "CLUSTERING",
                "QUESTION_ANSWERING",
                "FACT_VERIFICATION",
                "CODE_RETRIEVAL_QUERY",
            )
        ),
    ),
]


class EmbedContentRequest(Message, frozen=True, kw_only=True):
    model: String = ""
    content: Content | None = None
    task_type: TaskType = ""
    title: String = ""
    output_dimensionality: Int32 | None = None
    auto_truncate: Bool = False


class BatchEmbedContentsRequest(Message, frozen=True, kw_only=True):
    requests: list[EmbedContentRequest] = []


class PredictRequest(Message, frozen=True, kw_only=True):
    """Both fields are free values; what is in them Imagen itself judges."""

    instances: list[object] = []
    parameters: object = None
