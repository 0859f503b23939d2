"""The methods of the Web API, by the names under which they are called."""

from tests.fakes.slack.call import Method
from tests.fakes.slack.methods import (
    apps,
    assistant,
    conversations,
    directory,
    files,
    posting,
    reactions,
    streaming,
    updating,
    views,
)

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **assistant.METHODS,
    **conversations.METHODS,
    **directory.METHODS,
    **files.METHODS,
    **posting.METHODS,
    **reactions.METHODS,
    **streaming.METHODS,
    **updating.METHODS,
    **views.METHODS,
}
