"""Google Cloud Vertex AI: whose keys, which places, and the models of two vendors."""
