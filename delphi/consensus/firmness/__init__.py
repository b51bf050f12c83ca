"""How firm a verdict is: other settings, other panels, a few answers more or fewer."""
