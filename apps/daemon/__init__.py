"""The daemon: one kernel that owns the state directory, served to other programs over HTTP.

Read `start.py` and `serve.py` (life), `gate.py` (who may ask), `turn.py` (a request as a process), then the routes.
"""
