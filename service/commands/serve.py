"""`tingyin serve`: the API, with an embedded database when none is named."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from service.exit_codes import ExitCode


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on 监听地址 [127.0.0.1]")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on 监听端口 [8000]")] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of database and first key 数据目录 [./tingyin-data]"),
    ] = None,
) -> int:
    """Serve the API; stop with Ctrl-C.

    启动 API 服务，Ctrl-C 停止。
    """
    from service.serving import run
    from service.settings import load_settings

    asyncio.run(run(load_settings(host=host, port=port, data_dir=data_dir)))
    return ExitCode.DONE
