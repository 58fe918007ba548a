"""The measured promises: like with like, in one run, printed as ratios; never a gate."""
