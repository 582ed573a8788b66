"""`python -m gemini_balance`."""

from gemini_balance.cli import main

main()
