"""Reports by our people and by other servers."""

import pytest

from chassis.db import Database
from contracts.events import ReportFiled
from contracts.ids import StatusId, Uri
from people import a_local_account, a_post, a_remote_account
from social.errors import NoSuchRecord, ValidationFailed
from social.reports import actions, store
from social.reports.model import LONGEST_REMOTE_COMMENT

FLAG = Uri("https://there.test/flags/1")
