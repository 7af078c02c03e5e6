"""The linter: rules that find noise in annotations."""
