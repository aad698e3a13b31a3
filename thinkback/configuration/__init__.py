"""The configuration file (`THINKBACK_CONFIG`): what the environment is too small for."""
