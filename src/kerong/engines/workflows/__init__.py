"""Workflows as data: states, who may move, clocks in working days, and every mistake of a file reported at once."""
