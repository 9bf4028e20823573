"""What the dimensions of the catalogue are called in Chinese."""

from __future__ import annotations

from typing import Final

CHINESE_DIMENSIONS: Final = {
    "batch": "批次",
    "carrier": "承运商",
    "category": "类目",
    "cause": "原因",
    "channel": "渠道",
    "device": "设备",
    "handled_by": "接待方",
    "intent": "咨询意图",
    "kind": "类型",
    "origin": "发货地",
    "delivery": "送达情况",
    "leg": "责任环节",
    "page": "页面",
    "payment_method": "支付方式",
    "platform": "平台",
    "previous_state": "原状态",
    "queue": "队列",
    "reason": "原因",
    "region": "地区",
    "return_channel": "退货渠道",
    "alert": "告警",
    "level": "级别",
    "receiver": "接收方",
    "service": "服务",
    "role": "责任方",
    "sentiment": "情感",
    "sku": "货号",
    "source": "数据源",
    "stage": "阶段",
    "state": "处理状态",
    "status": "状态",
    "step": "步骤",
    "store": "店铺",
    "topic": "主题",
    "touchpoint": "触点",
    "warehouse": "仓库",
}
