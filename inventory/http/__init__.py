"""What every API and page shares: problems, query parsing, paging, ETags, idempotency."""
