"""`tingyin ingest`: announced, not built yet."""

from service.errors import NotBuiltError


def ingest() -> None:
    """Load feedback files into the service (not built yet). 将反馈文件导入服务（尚未实现）。"""
    raise NotBuiltError(
        "ingest is not built yet; post feedback to `POST /v1/feedback` of `tingyin serve`",
        "ingest 尚未实现；请向 `tingyin serve` 的 `POST /v1/feedback` 提交反馈",
    )
