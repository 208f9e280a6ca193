"""What a screen says, as text: from read models to words, numbers and tones. No Qt, no colour, no clock: `now` is given."""
