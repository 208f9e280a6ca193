"""What paints documents; runs in a confined process of its own and imports nothing else of the window."""
