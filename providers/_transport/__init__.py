"""HTTP to services: names, addresses, connections, bytes."""
