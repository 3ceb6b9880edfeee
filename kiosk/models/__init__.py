"""What models there are, where they lie, whether they are whole: reads models.toml. The embedders."""
