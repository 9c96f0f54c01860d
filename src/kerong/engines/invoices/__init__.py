"""Facts of firms from their invoices: sales, rhythm, concentration, refunds; exact, as of a day."""
