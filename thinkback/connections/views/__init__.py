"""What is asked of configurations over HTTP: JSON and pages."""
