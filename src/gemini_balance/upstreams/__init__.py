"""Services that answer, and the transport that reaches them."""
