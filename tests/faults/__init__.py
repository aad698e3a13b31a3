"""What the official SDKs make of every fault of a provider, and what it does to others: nothing."""
