"""Conversations of other applications, read into our own document; one file for each, told apart by what is in them."""

from __future__ import annotations

from thinkback.transfer.foreign.readers import READERS, Reader, reader_of
from thinkback.transfer.foreign.values import Assets, Incoming, Unfit

__all__ = ["READERS", "Assets", "Incoming", "Reader", "Unfit", "reader_of"]
