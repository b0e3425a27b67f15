"""What codes are believed by: trust lists, foreign issuers, phones' secrets."""
