"""THE EDGE PROBE: a small process on a Pi in a residential group, which looks at cameras and reads bells.

Nothing here may load what the monitor is made of (fastapi, sqlalchemy, pydantic): a thousand cameras fit into 30 MiB.
"""
