"""Forums: questions, answers and comments, and the shapes that all members' content shares. Knows nothing of ideas."""
