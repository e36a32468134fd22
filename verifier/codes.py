"""The closed list of verification codes (version 1), with what each says in Chinese and English.

A code is stable: it is never reused with another meaning. Refusal codes of recognition decisions are a list of their
own (``verifier.records.recognition``).
"""

from __future__ import annotations

from typing import Final

CODES_VERSION: Final = "1"
CODES: Final[dict[str, tuple[str, str]]] = {
    "OK": ("通过", "holds"),
    "FORMAT": ("格式不符", "not of the documented form"),
    "SCHEMA_UNKNOWN": ("未知的格式版本", "unknown schema or version"),
    "TOO_LARGE": ("文件过大", "larger than allowed"),
    "WRONG_LEDGER": ("属于另一个账本", "belongs to another ledger"),
    "DUPLICATE_RECORD": ("记录重复", "a record stands twice"),
    "NOT_CANONICAL": ("字节不是规范形式", "the bytes are not their canonical form"),
    "NOT_SORTED": ("记录或数据表未按序", "records or tables are not in order"),
    "REFERENCE_MISSING": ("被引用的记录缺失", "a cited record is missing"),
    "CITATION_DIFFERS": ("记录之间的引用不一致", "records cite different things"),
    "PROOF": ("证明不成立", "a proof does not hold"),
    "CERTIFICATE_DIFFERS": ("证书与清单不一致", "certificate and inventory differ"),
    "IDENTITY": ("主体未标识", "a party is not identified"),
    "SIGNER_UNFIT": ("签署方无此身份", "the signer may not sign this"),
    "SELF_CERTIFIED": ("认证机构认证自身产品", "the body certifies its own product"),
    "SIGNATURE": ("签名不成立", "a signature does not hold"),
    "ISSUER_DIFFERS": ("签名者不是签发方", "signed by another than the issuer"),
    "SAME_PERSON": ("评价人与决定人为同一人", "evaluator and decider are one person"),
    "DOSSIER_SIGNATURE": ("卷宗签名人不符", "the dossier is signed by others"),
    "KEY_NOT_VALID": ("密钥当时无效或用途不符", "the key was not valid for that purpose then"),
    "DID_NOT_OF_INSTITUTION": ("DID 当时不属于该机构", "the DID was not that institution's then"),
    "NOT_AN_AUTHORITY": ("不是信任根中的主管部门", "not an authority of the trust root"),
    "ISSUER_NOT_COMPETENT_AT_ISSUE": ("签发时不具备资质", "the issuer was not competent at issue"),
    "NOT_ISSUED": ("链上无此证书", "the chain knows no such certificate"),
    "LOG_ENTRY_MISSING": ("缺少日志位置", "no place in a log"),
    "LOG_INCLUSION": ("包含证明不成立", "the inclusion proof does not hold"),
    "CHECKPOINT_MISSING": ("文件缺少检查点", "the file lacks the checkpoint"),
    "CHECKPOINT_FORMAT": ("检查点格式不符", "the checkpoint is malformed"),
    "CHECKPOINT_SIGNATURE": ("检查点签名不成立", "the checkpoint's signature does not hold"),
    "CHECKPOINT_NOT_ON_CHAIN": ("检查点未上链", "the checkpoint is not on chain"),
    "NOT_ANCHORED": ("未上链存证", "not anchored on chain"),
    "ANCHORED_AFTER_ISSUE": ("签发后才上链存证", "anchored after the certificate was issued"),
    "NOT_YET_KNOWN": ("所问时点尚不可知", "not known at the time asked"),
    "CERT_NOT_ISSUED_AS_KNOWN": ("所问时点尚未签发", "not issued as known then"),
    "CERT_NOT_YET_VALID": ("证书尚未生效", "not yet valid"),
    "CERT_SUSPENDED": ("证书被暂停", "suspended"),
    "CERT_WITHDRAWN": ("证书被撤销", "withdrawn"),
    "CERT_CANCELLED": ("证书被注销", "cancelled"),
    "CERT_SUPERSEDED": ("证书已换证", "superseded"),
    "CERT_TRANSFERRED": ("证书已转移", "transferred to another body"),
    "CERT_EXPIRED": ("证书已到期", "expired"),
    "CERT_FIELDS_DIFFER": ("链上内容与证书不符", "chain and record differ"),
    "EXPORT_STATE_DIFFERS": ("文件所述状态与链上不符", "the file states another history than the chain"),
    "TABLE": ("数据表与签名的根或行数不符", "a table does not match its root or count"),
    "FACTORS_DIFFER": ("行中因子与记录所签不符", "the rows cite other factors than the record signs"),
    "TABLES_NOT_DISCLOSED": ("数据表未披露", "tables are not disclosed"),
    "UPSTREAM_NOT_CHECKED": ("上游证书尚未检查", "a supplier's certificate was not checked"),
    "NOT_REPRODUCED": ("碳足迹未能复算得出", "the footprint is not reproduced"),
    "INPUTS_TOO_COARSE": ("输入数据过粗", "the inputs are too coarse to tell"),
    "DECLARED_UNIT": ("声明单位与基准流不符", "the declared unit is not the reference flow"),
    "INVENTORY_FORMAT": ("清单格式不符", "the inventory is not of its form"),
    "STATEMENT_DIFFERS": ("证书与声明数值不一致", "certificate and statement differ"),
    "RULE_SET_DIFFERS": ("规则集不一致", "another rule set than signed"),
    "CALCULATION": ("无法计算", "could not be calculated"),
    "RECOGNITION_NONE": ("尚无承认决定", "no recognition"),
    "RECOGNITION_PARTIAL": ("部分承认", "recognised in part"),
    "RECOGNITION_CONDITIONAL": ("附条件承认", "recognised under conditions"),
    "RECOGNITION_REFUSED": ("不予承认", "refused"),
    "RECOGNITION_PAUSED": ("承认随证书暂停", "paused with the certificate"),
    "RECOGNITION_LAPSED": ("承认已失效", "lapsed"),
    "RECOGNITION_WITHDRAWN": ("承认已撤回", "recognition withdrawn"),
    "DECISION_DIFFERS": ("所附决定与链上不符", "the decision in the file is on something else"),
    "CHAIN_UNAVAILABLE": ("无法查询链", "the chain could not be asked"),
    "OFFLINE": ("未查询链", "no chain was asked"),
    "NOT_ASKED": ("未要求此项检查", "not asked"),
    "NOT_REACHED": ("前置检查未通过，未执行", "not reached: an earlier check failed"),
    "INTERNAL": ("检查程序出错", "the check itself failed"),
}


def say(code: str, language: str) -> str:
    """What a code says in ``zh`` or ``en``; the code itself for one that a newer verifier wrote."""
    zh, en = CODES.get(code, (code, code))
    return zh if language == "zh" else en
