"""Work off the window's thread, or awaited on its loop, with one outermost boundary for errors."""
