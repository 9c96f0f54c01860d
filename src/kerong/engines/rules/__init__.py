"""The rule engine: policies as data, judged for one firm or a province in three truth values, with reasons."""
