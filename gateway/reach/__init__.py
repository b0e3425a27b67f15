"""Alerts in, phones that ring out, though no page is open. Floor 6: it carries findings and makes none."""
