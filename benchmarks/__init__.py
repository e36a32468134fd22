"""Side by side with peers: ``python -m benchmarks`` prints ratios measured in one run, and what each leaves out."""
