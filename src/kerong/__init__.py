"""Kerong 科融: software that runs a regional sci-tech finance centre."""

__version__ = "0.1.0"
