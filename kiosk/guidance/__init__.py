"""What is written for villagers: guides, danger signs, lay words. Reads knowledge/."""
