"""AWS Bedrock's Converse, its event streams and its signatures."""
