"""The Django project: puts pages and interfaces together and adds no rules of its own."""
