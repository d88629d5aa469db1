"""How many true pairs the candidates contain, and how many candidates that takes."""
