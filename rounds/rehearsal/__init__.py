"""A study is played with a simulated panel before it begins."""
