"""Released packs: the law that the service applies, as append-only texts with hash, number and first day."""
