"""Import of an enterprise register (csv, xlsx or Parquet) into a checked Parquet file of facts."""
