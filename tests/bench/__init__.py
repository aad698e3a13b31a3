"""The benchmark: what it asks and what it tells; the measuring itself takes minutes and is not tested here."""
