"""The TF-IDF index: finds the records whose texts are nearest to that of a record.

Batch matching makes one for each run, and an index can be saved, loaded, updated and asked for single records.
"""

from matchwright.core.candidates.tfidf_index.files import load_index, save_index
from matchwright.core.candidates.tfidf_index.index import Found, TfidfIndex

__all__ = ["Found", "TfidfIndex", "load_index", "save_index"]
