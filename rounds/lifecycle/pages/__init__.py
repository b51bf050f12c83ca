"""Pages on which a lead runs a round and finishes the study."""
