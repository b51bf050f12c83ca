"""The demonstration: simulated people play whole studies through the pages."""
