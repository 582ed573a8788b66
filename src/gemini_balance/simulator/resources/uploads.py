"""Resumable uploads: what has arrived, and what may come next."""

from collections.abc import Callable

from msgspec import Struct

from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.resources.blob import Spooled

MAX_BYTES = 2 * 1024**3


class RefusedUploadError(Exception):
    """The upload server refuses a command. Its answers are plain text: it is no API."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Upload(Struct, kw_only=True):
    """One upload. `finish` makes the resource of it and gives the answer, `declared` is the size told at its start."""

    id: str
    key: str
    project: str
    expires: float
    finish: Callable[["Upload"], Object]
    blob: Spooled
    declared: int | None = None
    status: str = "active"

    def open(self, offset: str, *, writes: bool) -> None:
        """Check that bytes may be written at `offset`; raises RefusedUploadError."""
        if self.status != "active":
            raise RefusedUploadError(400, "Upload has already been terminated.")
        if writes and offset != str(self.blob.size):
            received = f"{self.blob.size} bytes have been received"
            raise RefusedUploadError(400, f"Invalid X-Goog-Upload-Offset: {offset or 'missing'}, but {received}.")

    def close(self, written: int, chunk: int, *, final: bool) -> None:
        """Check the size of what was written; raises RefusedUploadError."""
        size = self.blob.size
        if size > (MAX_BYTES if self.declared is None else self.declared):
            raise RefusedUploadError(400, "More bytes have been received than were declared at the start.")
        if final and self.declared not in (None, size):
            raise RefusedUploadError(400, f"{size} bytes have been received, but {self.declared} were declared.")
        if not final and written % chunk:
            raise RefusedUploadError(400, f"Only the last piece may be other than a multiple of {chunk} bytes.")

    def end(self) -> Object:
        """All has arrived: make the resource. Its bytes are the resource's now."""
        self.status = "final"
        return self.finish(self)

    def cancel(self) -> None:
        """Throw away what has arrived."""
        if self.status == "active":
            self.status = "cancelled"
            self.blob.close()
