"""Pages of the documents: the library, letters, and the check of a code that anybody may make."""
