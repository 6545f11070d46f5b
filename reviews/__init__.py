"""Product reviews: frozen, hashed, ranked selections of ideas for a product team."""
