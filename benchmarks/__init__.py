"""What is measured, each figure as a ratio to a yardstick of the same run: see docs/how-to/measure.md."""
