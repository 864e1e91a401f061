"""The commands of `tingyin`, one file each; `service.cli` holds their table."""
