"""What is measured while ThinkBack works, and how a Prometheus server reads it."""
