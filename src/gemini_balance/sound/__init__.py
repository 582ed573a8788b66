"""Writing sound in forms that take a library."""
