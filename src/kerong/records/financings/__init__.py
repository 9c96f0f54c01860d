"""Financings: what was agreed, of nine kinds, and what happened to it since."""
