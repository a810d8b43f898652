"""The only room with doors to disk and network: files in, validated layers out."""
