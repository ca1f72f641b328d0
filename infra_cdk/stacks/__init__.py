"""One stack per service, and the platform they share."""
