"""Evidence: append-only, hash-chained digests of everything that matters."""
