"""Read policy files into the model, reporting every mistake with its line and its cure."""

from kerong.engines.rules.loading.library import load_library, pack_files, read_library
from kerong.engines.rules.loading.packs import read_pack_text

__all__ = ["load_library", "pack_files", "read_library", "read_pack_text"]
