"""Every colour, gap and font of the window, each said once. Knows no screen and no business.

- `palette`: the colours of light and dark; every pair that carries words has a contrast of 4.5 : 1 or more.
- `measure`: the 8-pixel grid and the one type scale. `fonts`: families, tabular figures, monospace.
- `sheet`: the style sheet made of them. `dress`: Fusion, palette and sheet put on; the system's theme followed.
- `icons`: our own SVG drawings of `resources/icons`, coloured.
"""
