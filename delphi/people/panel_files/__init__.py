"""Files and pastes of people: what stands in them, in whatever form researchers have it."""
