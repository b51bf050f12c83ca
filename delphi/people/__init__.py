"""The only side with names: roster, declarations, personal data, acknowledgements, and the postman."""
