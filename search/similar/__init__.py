"""Which posts are alike: for what somebody is writing, and for a post (docs/explanation/similar-posts.md)."""

from search.similar.finding import HELPFUL, Similar, similar_posts, similar_to

__all__ = ["HELPFUL", "Similar", "similar_posts", "similar_to"]
