"""The demo community: what is in `content/`, made into members, threads and votes by the product's own actions."""
