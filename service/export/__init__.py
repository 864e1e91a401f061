"""Scores for other programs: whole or only what changed, as a file with a manifest or a webhook."""

from service.export.manifest import Manifest, manifest_path, write_manifest
from service.export.rows import Export, Source, open_export
from service.export.sending import Sent, Target, send_export

__all__ = [
    "Export",
    "Manifest",
    "Sent",
    "Source",
    "Target",
    "manifest_path",
    "open_export",
    "send_export",
    "write_manifest",
]
