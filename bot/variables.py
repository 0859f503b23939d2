"""Reads the `QUORUM_…` variables, and names the one whose value is not the JSON that its setting is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_settings import EnvSettingsSource

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class Variables(EnvSettingsSource):
    """The environment, whose lists and tables are JSON."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Decode one variable. Raises `ConfigurationError` that names it, and never shows its value."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except (ValueError, RecursionError) as exc:
            ends = (f"{self.env_prefix}{field_name}".lower(), f"__{field_name}".lower())
            name = next(
                name
                for name, given in self.env_vars.items()
                if given == value and name.startswith(self.env_prefix.lower()) and name.endswith(ends)
            )
            message = f'{name.upper()} must be JSON: {exc}. Write a list as ["a", "b"], a table as {{"a": ["b"]}}.'
            raise ConfigurationError(message) from None
