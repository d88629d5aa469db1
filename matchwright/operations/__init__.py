"""Acts on several outside systems that steps and commands share."""
