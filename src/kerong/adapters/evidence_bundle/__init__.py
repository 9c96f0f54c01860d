"""A bundle of evidence for an auditor: files that can be checked without this software."""
