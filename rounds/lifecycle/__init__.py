"""A round is launched, watched, closed and released; the study is finished."""
