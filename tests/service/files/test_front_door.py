"""The names that others may import from `service.files`."""

import service.files


def test_exported_names() -> None:
    assert service.files.__all__ == [
        "Record",
        "Reject",
        "Table",
        "Unreadable",
        "open_table",
        "read_frame",
        "read_rows",
        "read_signals",
        "signals_schema",
        "write_rejects",
        "write_rows",
    ]
    assert all(hasattr(service.files, name) for name in service.files.__all__)
