"""READ A LIST: an operator's spreadsheet into drafts, with every problem of every row at once.

bytes → `cells` → `header`, `kinds`, `columns` → `fields` → `rows` → `dry_run`. Nothing here writes, asks a store or
reads a clock: the same bytes, the same known inventory and the same decisions give the same ``DryRun``.
"""
