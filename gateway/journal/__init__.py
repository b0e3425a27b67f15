"""The book: numbered records, on disk before anybody acts."""
