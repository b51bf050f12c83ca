"""Every table, one aggregate a module; import from the leaf modules."""
