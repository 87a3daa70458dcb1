"""nano: the embedded tool-calling model, its generated training data and its held-out evaluation sets."""
