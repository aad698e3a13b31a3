"""What Azure OpenAI and Azure AI Foundry share: addresses, deployments, sign-in."""
