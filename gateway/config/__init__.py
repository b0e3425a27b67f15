"""menshen.toml in, one frozen plan out."""
