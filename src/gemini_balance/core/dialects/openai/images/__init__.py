"""Pictures: images/generations and images/edits."""
