"""The running whole: every task, and the hands that act after the commit."""
