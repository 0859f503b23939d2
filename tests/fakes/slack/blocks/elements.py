"""Block elements and the small objects inside them."""

from __future__ import annotations

from tests.fakes.slack.blocks.shapes import Check, either, items, kinds, of, one_of, shape, string

FLAG = of(bool)
ID = string(255)
URL = string(3000)


def plain(most: int) -> Check:
    """Ask for a plain text."""
    return kinds({"plain_text": shape({"text": string(most)}, {"emoji": FLAG})})


def text(most: int) -> Check:
    """Ask for a plain text or mrkdwn."""
    mrkdwn = shape({"text": string(most)}, {"verbatim": FLAG})
    return kinds({"plain_text": shape({"text": string(most)}, {"emoji": FLAG}), "mrkdwn": mrkdwn})


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75), "url": URL})
OPTIONS = items(OPTION, 100)
GROUPS = items(shape({"label": plain(75), "options": OPTIONS}), 100)
ACTION = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": FLAG}
FEEDBACK_SIDE = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

IMAGE = either(
    "image_url",
    "slack_file",
    shape(
        {"alt_text": string(2000)},
        {
            "image_url": URL,
            "slack_file": of(dict),
            "image_width": of(int),
            "image_height": of(int),
            "image_bytes": of(int),
        },
    ),
)
BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ID,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
    },
)
FEEDBACK = shape({"positive_button": FEEDBACK_SIDE, "negative_button": FEEDBACK_SIDE}, {"action_id": ID})
ICON = shape(
    {"icon": one_of("trash"), "text": plain(75)},
    {
        "action_id": ID,
        "value": string(2000),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": items(of(str), 10),
    },
)
SELECT = either(
    "options",
    "option_groups",
    shape(
        {},
        {**ACTION, "options": OPTIONS, "option_groups": GROUPS, "placeholder": plain(150), "initial_option": OPTION}
        | {"initial_options": OPTIONS, "max_selected_items": of(int)},
    ),
)
PICKER = shape({}, {**ACTION, "placeholder": plain(150), "initial_user": of(str), "initial_channel": of(str)})
CHOICE = shape({"options": items(OPTION, 10)}, {**ACTION, "initial_options": OPTIONS, "initial_option": OPTION})
INPUT = shape(
    {},
    {**ACTION, "placeholder": plain(150), "initial_value": string(3000, 0), "multiline": FLAG}
    | {"min_length": of(int), "max_length": of(int), "dispatch_action_config": of(dict), "is_decimal_allowed": FLAG},
)
DATE = shape({}, {**ACTION, "placeholder": plain(150), "initial_date": string(10), "initial_time": string(5)})

CLICKED: dict[str, Check] = {
    "button": BUTTON,
    "static_select": SELECT,
    "multi_static_select": SELECT,
    "users_select": PICKER,
    "channels_select": PICKER,
    "conversations_select": PICKER,
    "overflow": shape({"options": items(OPTION, 5, 2)}, ACTION),
    "datepicker": DATE,
    "timepicker": DATE,
    "checkboxes": CHOICE,
    "radio_buttons": CHOICE,
}
"""What a person can press in `actions` and beside a section."""
TYPED: dict[str, Check] = {
    "plain_text_input": INPUT,
    "number_input": INPUT,
    "email_text_input": INPUT,
    "url_text_input": INPUT,
    "rich_text_input": INPUT,
}
"""What a person can fill in."""
