"""The library of policies: every rule in words with its sources, and what a changed number would do."""
