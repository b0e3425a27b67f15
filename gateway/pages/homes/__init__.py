"""The pages of one flat: who lives there, who stays, what is on record."""
