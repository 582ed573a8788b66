"""The door that clients use."""
