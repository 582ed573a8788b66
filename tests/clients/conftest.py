"""LangChain's tests run in an environment of their own, started by test_clients.py; here they can't be imported."""

collect_ignore = ["langchain"]
