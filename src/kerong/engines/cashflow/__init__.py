"""Repayment schedules, interest with a named day count, the total cost of a financing, and its annual rate. Pure."""
