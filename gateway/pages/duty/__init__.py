"""The pages of whoever is on duty: cases, alerts, rounds, services, reports."""
