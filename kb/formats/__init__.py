"""Import and export: a module a format. Formats never meet; what they share is the thing they describe."""
