"""Runs a causal language model in this process with Hugging Face transformers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigurationError, MissingExtraError, ModelRejectedError
from bot.types import Completion

if TYPE_CHECKING:
    from bot.types import Prompt


class TransformersModel:
    """The `Model` port in process. Decoding is not guided: a ballot that is no JSON is spoilt, as anywhere.

    Samples come from one `generate` call with `num_return_sequences`, so the prompt is prefilled once. One call runs
    at a time; the weights are loaded by the first.
    """

    def __init__(self, name_or_folder: str) -> None:
        """Remember the model's name on the hub or its folder; nothing is loaded yet."""
        self._name = name_or_folder
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The URL that chooses it."""
        return f"transformers:{self._name}"

    def sample(self, prompt: Prompt, n: int) -> list[Completion]:
        """Return exactly `n` completions.

        Raises `MissingExtraError` without the extra `models`, `ConfigurationError` when the model cannot be loaded and
        `ModelRejectedError` when the prompt is longer than the model reads or the memory does not suffice.
        """
        if n < 1:
            return []
        with self._lock:
            tokenizer, model = self._load()
            return _generate(tokenizer, model, prompt, n)

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = _load(self._name)
        return self._loaded


def _load(name: str) -> tuple[Any, Any]:
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as exc:
        raise MissingExtraError(exc.name or "transformers", "models") from exc
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model: Any = AutoModelForCausalLM.from_pretrained(name, dtype="auto")
    except (OSError, ValueError, KeyError) as exc:
        message = f"The model {name!r} cannot be loaded ({type(exc).__name__}). Give a hub name or a model's folder."
        raise ConfigurationError(message) from exc
    if tokenizer.chat_template is None:
        message = f"The model {name!r} has no chat template; take an instruction-tuned one."
        raise ConfigurationError(message)
    return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _generate(tokenizer: Any, model: Any, prompt: Prompt, n: int) -> list[Completion]:  # noqa: ANN401 - untyped library
    import torch

    messages = [{"role": role, "content": content} for role, content in prompt.messages]
    inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    length = inputs["input_ids"].shape[1]
    limit = getattr(model.config, "max_position_embeddings", None)
    if limit is not None and length + prompt.max_tokens > limit:
        message = f"The prompt of {length} tokens and {prompt.max_tokens} to come exceed the model's {limit}."
        raise ModelRejectedError(message)
    is_greedy = prompt.temperature <= 0
    options = {"do_sample": False} if is_greedy else {"do_sample": True, "temperature": prompt.temperature}
    try:
        with torch.inference_mode():
            output = model.generate(
                **inputs.to(model.device),
                **options,
                num_return_sequences=1 if is_greedy else n,
                max_new_tokens=prompt.max_tokens,
                pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id,
            )
    except torch.OutOfMemoryError as exc:
        message = "The model does not fit into the memory; lower QUORUM_VOTING__FIRST or QUORUM_MODELS__MAX_TOKENS."
        raise ModelRejectedError(message) from exc
    found = [_completion(tokenizer, model, row[length:].tolist()) for row in output]
    return found * n if is_greedy else found


def _completion(tokenizer: Any, model: Any, row: list[int]) -> Completion:  # noqa: ANN401 - untyped library
    """Cut one row at its end token; without one the completion ran into the limit."""
    ends = model.generation_config.eos_token_id
    stops = {ends} if isinstance(ends, int) else set(ends or ())
    end = next((place for place, token in enumerate(row) if token in stops), None)
    kept = row if end is None else row[:end]
    text = tokenizer.decode(kept, skip_special_tokens=True)
    return Completion(text, "length" if end is None else "stop", len(kept))
