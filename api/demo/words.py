"""What the demo says, in Chinese and English."""

from __future__ import annotations

from typing import Final

SIGNED_BY_DEMO_KEYS: Final = {
    "zh": "演示密钥不是可靠电子签名",
    "en": "demo keys are not a reliable electronic signature",
}
STEPS: Final[dict[str, tuple[str, str]]] = {
    "trust-root": (
        "共识：主管部门签署信任根，认可各机构",
        "the authorities sign the trust root and accredit the institutions",
    ),
    "publish": ("发布排放因子数据集", "the publisher publishes its factor datasets"),
    "disclose": ("企业披露清单，明细行留在本节点", "the maker discloses its inventories; the rows stay with it"),
    "recalculate": ("认证机构按披露的数据行复算", "the certification body recalculates from the rows"),
    "certify": (
        "评价人与另一决定人签署，颁发证书",
        "an evaluator and another decider sign; the certificates are issued",
    ),
    "anchor": ("上链存证，导出证据包并对链核验", "log and issue are on chain; the evidence is exported and checked"),
    "check": ("浙江核验：除互认外均通过", "Zhejiang checks: all holds but that nobody has recognised it"),
    "recognise": ("浙江单方承认：两人、两个账户", "Zhejiang recognises, two persons with two accounts"),
    "check-again": ("浙江再次核验：通过", "Zhejiang checks again: valid"),
    "receive": ("银行接收证据包并对链核验", "the bank receives the evidence and checks it against the chain"),
    "suspend": ("上海暂停证书", "Shanghai suspends the certificate"),
    "recognition-paused": ("浙江的承认随之暂停", "Zhejiang's recognition is paused with it"),
    "bank-now": ("银行：此刻为暂停", "the bank: suspended now"),
    "bank-as-of": ("银行：放款时点仍为有效", "the bank: valid as of the drawdown, before the suspension"),
    "restore": ("上海恢复证书", "Shanghai restores the certificate"),
    "check-restored": ("恢复后核验：通过", "checked again after the restoration: valid"),
}
WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("碳据演示：两份记录的一生", "Tanju: the life of two records"),
    "starting": ("启动链与三个节点", "starting the chain and three nodes"),
    "step": ("步骤", "step"),
    "what": ("内容", "what happened"),
    "status": ("状态", "status"),
    "verdict": ("结论", "verdict"),
    "seconds": ("秒", "s"),
    "done": ("完成", "done"),
    "subjects": ("记录：", "records:"),
    "pages": ("网页", "pages"),
    "evidence": ("证据包", "evidence files"),
    "inventories": ("清单", "inventories"),
    "trust_root": ("信任根", "trust root"),
    "chain": ("链", "chain"),
    "head": ("链头", "head"),
    "logs": ("日志", "logs"),
    "verify": ("不信任任何节点，自行对链核验：", "check the evidence against the chain without trusting the nodes:"),
    "reopen": ("链已停止；先重新打开：", "the chain has stopped; reopen it first:"),
    "up": ("页面保持开启；按 Ctrl-C 结束", "the pages stay up; press Ctrl-C to end"),
    "ended": ("已结束全部进程", "all processes were ended"),
    "failed": ("演示未能完成", "the demo could not go on"),
    "next": ("下一步", "next step"),
    "log": ("日志", "log"),
    "test_network": (
        "测试网络：机构均为虚构，所签发的不是证书",
        "test network: the institutions are fictitious, and what is issued is not a certificate",
    ),
}


def say(key: str, language: str) -> str:
    """The words of a key. Raises KeyError."""
    zh, en = WORDS[key]
    return zh if language == "zh" else en


def say_step(step: str, language: str) -> str:
    """What a step is about. Raises KeyError."""
    zh, en = STEPS[step]
    return zh if language == "zh" else en
