"""Numbers and dates in this language; see Django's django.conf.locale for the rest."""
