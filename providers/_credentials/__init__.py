"""How a stored secret becomes what a service takes."""
