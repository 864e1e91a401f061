"""Tags: rules over profile, events and sequences to rows with validity, evidence and version."""

from tiering.merges import resolved
from tiering.tags.definitions import Definition, Rules, load_rules, rules_of
from tiering.tags.history import CHANGE_COLUMNS, TAG_COLUMNS
from tiering.tags.run import TagRun, TagTables, tag_run
from tiering.tags.syntax import parse
from tiering.tags.vocabulary import Vocabulary

__all__ = [
    "CHANGE_COLUMNS",
    "TAG_COLUMNS",
    "Definition",
    "Rules",
    "TagRun",
    "TagTables",
    "Vocabulary",
    "load_rules",
    "parse",
    "resolved",
    "rules_of",
    "tag_run",
]
