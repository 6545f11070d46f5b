"""Settings, addresses and entry points: what ties the apps together. No app imports this package."""
