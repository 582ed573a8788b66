"""The Live API: a conversation over a WebSocket."""
