"""What can be known of a scorer before anybody has labelled a pair."""
