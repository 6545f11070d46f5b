"""Members, their organisations and roles, and how they sign in. Knows nothing of what members write."""
