"""Prefect flows: thin wrappers that wire the stages of ``etl`` together."""
