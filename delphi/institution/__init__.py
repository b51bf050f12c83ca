"""Sign-in of an institution: whose account a person is whom its provider has proved."""
