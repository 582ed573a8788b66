"""Keys: the list with what is done to many at once, adding, checking, and a page for each key."""
