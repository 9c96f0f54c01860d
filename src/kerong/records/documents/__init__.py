"""Documents: the material library with validity dates, and letters that anybody can verify by a code."""
