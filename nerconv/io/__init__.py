"""Where text comes from and where it goes: files, folders, URLs, chunks of them, and outputs."""
