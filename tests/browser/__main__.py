"""Whether the stories can be told here: `python -m tests.browser`."""

import sys

from tests.browser.support import NO_BROWSER, chromium

if __name__ == "__main__" and chromium() is None:
    sys.exit(NO_BROWSER)
