"""Learning what the neighbours of a pair say, from the scores of all candidates of the register."""
