"""What every app may use: errors, Markdown, pagination, page privacy, the record of imports. Knows no other app."""
