"""Scripts that leave with the data: they run on another machine, without this project."""
