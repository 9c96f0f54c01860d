"""Reading of invoice files (csv, xlsx or Parquet) into exact columns, and storing of the facts made of them."""
