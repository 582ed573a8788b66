"""Counting what only the collector finds."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def uncollected() -> Iterator[Callable[[], int]]:
    """Nothing is collected meanwhile; what is yielded counts the objects in circles that were left behind since."""
    while gc.collect():  # what other tests left behind may go in several steps
        pass
    gc.disable()
    try:
        yield gc.collect
    finally:
        gc.enable()
