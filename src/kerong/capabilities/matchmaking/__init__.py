"""The firm and the rules: what it gets, what it does not, why, and what would change that."""
