"""`tingyin backtest`: announced, not built yet."""

from service.errors import NotBuiltError


def backtest() -> None:
    """Run a detector over past counts (not built yet). 用历史计数回测检测器（尚未实现）。"""
    raise NotBuiltError(
        "backtest is not built yet; use `tingyin watch` to run the default detector over signals",
        "backtest 尚未实现；请用 `tingyin watch` 在信号文件上运行默认检测器",
    )
