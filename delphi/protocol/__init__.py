"""The protocol: the method fixed in advance, its groups, texts and amendments."""
