// 运行页面特有的词语；其余与看板共用。
export default {
  "found": {"one": "{span}内 {count} 个异常", "other": "{span}内 {count} 个异常"},
  "fact": {
    "file": "事件文件", "records": "记录", "span": "起止", "alarms": "每天警告与严重", "messages": "消息",
    "recall": "发现的故障", "precision": "准确率", "delay": "发现用时（中位数）", "falseAlarms": "每天误报"
  },
  "timeline": "时间线",
  "wholeRun": "显示全程",
  "legend": {"truth": "真实故障", "trap": "陷阱（并无故障）", "message": "消息", "anomaly": "异常", "other": "{name} 的异常"},
  "row": {"truth": "真实情况", "messages": "消息", "anomalies": "异常"},
  "find": "查找",
  "severity": "级别",
  "touchpoint": "触点",
  "which": "对比",
  "all": "全部",
  "onlyTroubled": "只看有异常的指标",
  "anomalies": {"one": "{count} 个异常", "other": "{count} 个异常"},
  "metrics": {"one": "{count} 张图", "other": "{count} 张图"},
  "leftOut": {"one": "另有 {count} 个有异常的序列没有图。", "other": "另有 {count} 个有异常的序列没有图。"},
  "nothingFits": "没有符合筛选条件的内容。",
  "detectedAt": "{moment} 发现",
  "notResolved": "结束时尚未恢复",
  "messagesSent": {"one": "{count} 条消息", "other": "{count} 条消息"},
  "noMessage": "没有消息",
  "causes": "另外解释了 {count} 个",
  "noPart": "没有突出的部分。",
  "ruling": {
    "hit": "正确：{entry}", "symptom": "{entry} 的症状", "info": "提示，从不呼叫", "surplus": "误报：{entry} 已多报",
    "in_trap": "误报：{entry} 是陷阱", "false": "误报"
  },
  "side": {"both": "两者都有", "only": "仅 {name}"},
  "earlier": "{name} 早 {duration}",
  "sameMoment": "两者同时",
  "showInChart": "在图中显示",
  "point": "{moment}：{value}，预期 {expected}",
  "compared": "对比",
  "compare": {
    "alarms_a_day": "每天警告与严重", "critical": "其中每天严重", "messages_a_day": "每天消息",
    "recall": "发现的故障", "precision": "准确率", "delay": "发现用时（中位数）", "false_alarms_a_day": "每天误报",
    "to": "发给 {name} 的消息", "only": "仅此处的异常", "both": "两者都有的异常"
  }
};
