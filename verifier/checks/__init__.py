"""The numbered checks of ``verify``, one file each, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from verifier.case import Case
from verifier.checks import (
    check_01_format,
    check_02_canonical,
    check_03_signatures,
    check_04_keys,
    check_05_competence,
    check_06_inclusion,
    check_07_checkpoint,
    check_08_status,
    check_09_tables,
    check_10_footprint,
    check_13_recognition,
)
from verifier.report import CheckResult


@dataclass(frozen=True, slots=True)
class Check:
    """A numbered check: a plain question in two languages, and the function that answers it."""

    number: int
    zh: str
    en: str
    run: Callable[[Case], CheckResult]


CHECKS: Final = (
    Check(1, "文件格式与版本是否可读？", "Is the file of a known form and version?", check_01_format.run),
    Check(
        2,
        "字节是否为规范形式，引用是否齐全？",
        "Are the bytes canonical and all citations there?",
        check_02_canonical.run,
    ),
    Check(3, "签名是否成立？", "Do the signatures hold?", check_03_signatures.run),
    Check(
        4, "上链时密钥是否属于该机构且用途相符？", "Was each key that institution's when anchored?", check_04_keys.run
    ),
    Check(5, "签发时认证机构是否具备资质？", "Was the issuer competent at issue?", check_05_competence.run),
    Check(6, "记录是否在签发方的日志中？", "Is each record in its issuer's log?", check_06_inclusion.run),
    Check(7, "检查点是否已上链并终局？", "Is the log's checkpoint on chain and final?", check_07_checkpoint.run),
    Check(8, "所问时点证书状态如何？", "What was the certificate's status at the time asked?", check_08_status.run),
    Check(
        9,
        "数据表与已签名的根和行数是否一致？",
        "Do the tables match their signed roots and counts?",
        check_09_tables.run,
    ),
    Check(10, "碳足迹能否复算得出？", "Can the footprint be reproduced?", check_10_footprint.run),
    Check(
        13, "所问辖区和用途是否承认？", "Is it recognised for the jurisdiction and purpose?", check_13_recognition.run
    ),
)
