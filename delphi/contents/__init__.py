"""What a panelist reads is content: one item id a piece, the source wording, and a translation in each other language.

- ``items.items_of`` lists the pieces of a study with their source wordings; `scale_words` knows those of its scale.
- ``reading.contents_of`` gives the pieces in one language: what is missing is said in the source, and marked so.
- ``translating.states`` says of each language what is present, missing or stale; ``translating.write`` keeps a translation.
- ``languages.choose`` chooses the languages of a study, ``languages.speak`` that of a panelist.

Items: ``study.title``, ``study.notice``, ``study.open_question``, ``protocol.aim`` and the other texts of the protocol,
``document.2.text``, ``document.2.consent.0``, ``document.2.reason``, ``group.peers``, ``question.country.label``,
``scale.label.4``, ``scale.band.0``, ``scale.opt_out``, ``section.1``, ``statement.3.2.text`` (number, version, field),
``change.2.3.3.reason``, ``amendment.1.reason``,
``comment.<ticket>``; letters add ``letter.invitation.subject`` and ``letter.invitation.body``.
"""
