"""Stories over HTTP stand on the same district as the tests of the application."""

from tests.inventory.conftest import (  # noqa: F401  # fixtures
    api,
    app,
    browser,
    client,
    district,
    events,
    settings,
)
