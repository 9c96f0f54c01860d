"""Decisions: what was decided and exactly why, stored whole and never changed."""
