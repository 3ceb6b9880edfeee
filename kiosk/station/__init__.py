"""The villager's touchscreen: Gradio, mounted in FastAPI behind a gate that denies by default."""
