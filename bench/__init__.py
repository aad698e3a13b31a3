"""ThinkBack beside the bare upstream and other gateways: `./run bench`. README.md says how and with what."""
