"""What the search keeps besides its indexes."""
