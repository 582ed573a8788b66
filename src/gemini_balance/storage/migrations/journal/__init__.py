"""Changes of the journal's tables, in their order."""
