"""Personal data stays here: replaced by placeholders on the way out, put back on the way in."""

from proxy.masking.middleware import MaskPersonalData

__all__ = ["MaskPersonalData"]
