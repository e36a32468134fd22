"""web3 over the dispatcher, with a real contract of this project."""

from typing import Any

import pytest
from web3 import Web3
from web3.exceptions import ContractCustomError, Web3RPCError

import contracts
from ledger.embedded.provider import EmbeddedProvider


@pytest.fixture
def web3(world: Any) -> Web3:
    return Web3(EmbeddedProvider(world.chain, auto_seal=True))


def send(world: Any, web3: Web3, transaction: Any) -> Any:
    signed = world.actor.account.sign_transaction(transaction)
    return web3.eth.wait_for_transaction_receipt(web3.eth.send_raw_transaction(signed.raw_transaction))


def test_a_contract_of_the_project_is_deployed_called_and_heard(world: Any, web3: Web3) -> None:
    artifact = contracts.load("Directory")
    owner = web3.eth.account.from_key(world.actor.account.key).address
    factory = web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
    fields: Any = {"from": owner, "gasPrice": 0, "nonce": 0}
    receipt = send(world, web3, factory.constructor(owner).build_transaction(fields))
    directory = web3.eth.contract(receipt["contractAddress"], abi=artifact.abi)
    assert directory.functions.isSealed().call() is False
    name = b"RecordLog".ljust(32, b"\0")
    call = directory.functions.register(name, receipt["contractAddress"])
    registered = send(world, web3, call.build_transaction(fields | {"nonce": 1}))
    assert registered["status"] == 1
    assert directory.functions.current(name).call() == receipt["contractAddress"]
    assert directory.functions.current(name).call(block_identifier=1) != receipt["contractAddress"]
    logs = web3.eth.get_logs({"fromBlock": 0, "address": receipt["contractAddress"]})
    assert [log["transactionHash"] for log in logs] == [registered["transactionHash"]]
    with pytest.raises(ContractCustomError):
        call.call({"from": owner})


def test_errors_reach_web3_with_their_words(world: Any, web3: Web3) -> None:
    with pytest.raises(Web3RPCError, match="invalid chain id"):
        web3.eth.send_raw_transaction(world.actor.sign(b"\x11" * 20, chainId=1))
    assert world.chain.head.block_number == 0


def test_time_passes_by_a_second_for_each_block(world: Any, web3: Web3) -> None:
    start = world.clock.now
    for number in (1, 2, 3):
        web3.eth.send_raw_transaction(world.actor.sign(b"\x11" * 20))
        assert web3.eth.get_block("latest")["timestamp"] == start + number


def test_without_auto_seal_a_transaction_waits(world: Any) -> None:
    web3 = Web3(EmbeddedProvider(world.chain))
    web3.eth.send_raw_transaction(world.actor.sign(b"\x11" * 20))
    assert web3.eth.block_number == 0
    assert web3.eth.get_transaction_count(world.actor.account.address, "pending") == 1


def test_batches_and_connection(world: Any, web3: Web3) -> None:
    assert web3.is_connected()
    with web3.batch_requests() as batch:
        batch.add(web3.eth.get_block(0))
        batch.add(web3.eth.get_balance(world.actor.account.address))
        answers: list[Any] = list(batch.execute())
    assert answers[0]["hash"] == world.chain.genesis_hash
    assert answers[1] == 0


def test_history_and_proofs_pass_through_web3(world: Any, web3: Web3) -> None:
    world.deploy()
    eth: Any = web3.eth  # its own types have neither lists of percentiles nor get_proof's arguments
    assert eth.fee_history(1, "latest", [50])["baseFeePerGas"] == [0, 0]
    proof = eth.get_proof(world.actor.account.address, [0], "latest")
    assert proof["nonce"] == 1
    assert web3.eth.syncing is False
