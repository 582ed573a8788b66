"""The door that scripts use: the same use cases as the console, as JSON under /api/admin/v1."""
