"""The headers that callers see, named once."""

REQUEST_ID = b"x-request-id"
MODEL = b"gemini-balance-model"  # the model that answered, where it isn't the one asked for
WARNING = b"gemini-balance-warning"  # what the operator of a client shall know: a model that is retired
DROPPED = b"gemini-balance-dropped"  # what of the request could not be carried
ATTEMPTS = b"gemini-balance-attempts"  # how many keys it took
ROUTE = b"gemini-balance-route"  # how the request was understood: dialect, operation
TRACE = b"x-gateway-trace"  # each key asked and what came of it, where the operator wants it shown
SHOULD_RETRY = b"x-should-retry"
RETRY_AFTER = b"retry-after"
RETRY_AFTER_MS = b"retry-after-ms"

OURS = (REQUEST_ID, MODEL, WARNING, DROPPED, ATTEMPTS, ROUTE, TRACE, SHOULD_RETRY, RETRY_AFTER, RETRY_AFTER_MS)
UPLOADS = (b"x-goog-upload-status", b"x-goog-upload-url", b"x-goog-upload-chunk-granularity")  # Google's, for its SDKs
EXPOSED = b", ".join((*OURS, *UPLOADS))
