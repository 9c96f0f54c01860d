"""Consents: who may use what about whom, for which purpose, until when; and the other legal bases."""
