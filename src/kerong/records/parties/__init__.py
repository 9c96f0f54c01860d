"""Who takes part: people and their mandates, enterprises, institutions, offices, and what they sign."""
