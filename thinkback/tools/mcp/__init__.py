"""Tools of MCP servers over Streamable HTTP: a small client of our own, so that every connection passes our guard.

https://modelcontextprotocol.io/specification/2025-06-18/basic/transports
"""
