"""What candidates find, what they cost, and which true pairs they miss."""
