"""Calls and their sums: tables, who writes them, who reads them, and what is dropped."""
