"""The Gradio page: one Blocks that holds the frame of all screens. The only place that imports Gradio.

Gradio is the shell: it serves the page, and `gr.HTML(server_functions=…)` carries each deed to the server. Its own events,
queue, uploads and state are not used (and the gate does not let them through): `gr.State` keeps what it holds for an hour
after the tab is closed, so a person's words lie in `visits` instead.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from fastapi import FastAPI

FONT = ["Noto Sans CJK SC", "sans-serif"]


def _static(name: str) -> str:
    return files("kiosk.station").joinpath("static", name).read_text(encoding="utf-8")


def _gradio() -> Any:
    # Both are read while Gradio is being imported; without them the server calls out to the internet.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    import gradio

    return gradio


def mount(app: FastAPI, shell: str, act: Callable[[dict[str, Any]], dict[str, str]], *, host: str, port: int) -> None:
    """Mount the page at `/`. `act` is the one function that the page can call."""

    async def within_a_loop() -> None:
        _mount(_gradio(), app, shell, act, host=host, port=port)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Put together outside a running loop, Gradio makes several of its own and closes none.
        asyncio.run(within_a_loop())
    else:
        _mount(_gradio(), app, shell, act, host=host, port=port)


def _mount(gradio: Any, app: FastAPI, shell: str, act: Callable[[dict[str, Any]], dict[str, str]], *, host: str, port: int) -> None:
    theme = gradio.themes.Base(font=FONT, font_mono=FONT)

    def tell(message: dict[str, Any]) -> dict[str, str]:
        return act(message)

    with gradio.Blocks(title="村里的法律自助机", fill_width=True, analytics_enabled=False) as blocks:
        gradio.HTML(
            shell,
            js_on_load=_static("station.js"),
            server_functions=[tell],
            apply_default_css=False,
            elem_id="station-host",
        )
    gradio.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name=host,
        server_port=port,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=1,
        theme=theme,
        head=f"<style>{_static('station.css')}</style>",
    )
