"""A zoo of shops: every seed draws another one, runs it through the real backtest, and scores what was found."""
