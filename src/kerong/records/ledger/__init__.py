"""What moved: books, accounts and balanced entries that are never changed; no product is known here."""
