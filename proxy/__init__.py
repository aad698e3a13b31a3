"""The gateway between callers and providers. Read `pipeline.py` first."""
