"""One person of the panel, as the team corrects, mails and removes them; never an answer."""
