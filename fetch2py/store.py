"""Profiles on disk: names, paths, permissions, the change of a pair of files as one.

Knows texts and named secrets. Must not know what a profile's document means, nor HTTP.

A profile is a document, HOME/profiles/NAME.toml, and a secrets file, HOME/secrets/GENERATION.json, which is
written once and never changed. The document names its generation in its first line. To save is to write a new
secrets file, then to replace the document (this is the moment that counts), then to sweep away what no document
names any more. Killed anywhere in between, the old pair or the new one is there, whole.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fetch2py.errors import ProfileError, ProfileInvalid, ProfileNotFound
from fetch2py.names import checked_name, same_file

__all__ = ["Store"]
