"""Backups of a whole installation: database, files, secrets and keys, and a manifest to hold a restore against."""

from kerong.portal.backups.making import make_backup
from kerong.portal.backups.manifest import BackupError, Manifest, listed
from kerong.portal.backups.restoring import restore_backup

__all__ = ["BackupError", "Manifest", "listed", "make_backup", "restore_backup"]
