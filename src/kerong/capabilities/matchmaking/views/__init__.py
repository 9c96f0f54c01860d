"""Pages of matchmaking: firms against the rules, and the product shelf."""

from kerong.capabilities.matchmaking.views.directory import directory, directory_export
from kerong.capabilities.matchmaking.views.doors import doors
from kerong.capabilities.matchmaking.views.firms import evaluation, firm
from kerong.capabilities.matchmaking.views.shelf import shelf, shelf_compare, shelf_export, shelf_product

__all__ = [
    "directory",
    "directory_export",
    "doors",
    "evaluation",
    "firm",
    "shelf",
    "shelf_compare",
    "shelf_export",
    "shelf_product",
]
