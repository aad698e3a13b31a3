"""The service that answers by itself."""
