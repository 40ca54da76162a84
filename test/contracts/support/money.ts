// A mock lineage, hostile parties and transactions that carry Ether, for tests of contracts that hold money.
import assert from 'node:assert/strict';
import { type Address, encodeFunctionData, type Hex, type TransactionReceipt, toHex, zeroAddress } from 'viem';
import { abiOf, Contract, type TestChain, testChain } from './chain.ts';

export const ETHER: Address = zeroAddress;
export const NO_MODEL = `0x${'00'.repeat(32)}` as Hex;

/** How hostile receivers and tokens behave: the orders of `Manner` in contracts/mocks/HostileParties.sol. */
export const RECEIVER = { accept: 0, revert: 1, burnGas: 2, returnBomb: 3, revertBomb: 4, reenter: 5 } as const;
export const TOKEN = {
  standard: 0,
  noReturn: 1,
  feeOnTransfer: 2,
  answersFalse: 3,
  answersShort: 4,
  returnBomb: 5,
  keepsEverything: 6,
  reenter: 7,
  reverts: 8,
  takesBack: 9,
} as const;

/** Measures of scores: the order of `IScores.Measure`. */
export const MEASURE = { none: 0, rowsRight: 1, squaredError: 2 } as const;

/** The id of a model for tests. */
export function model(number: number): Hex {
  return toHex(number, { size: 32 });
}

export async function deploy(chain: TestChain, name: string, args: readonly unknown[] = []): Promise<Contract> {
  return new Contract(chain, await chain.deploy(name, args), await abiOf(name));
}

/** As `Contract.send`, with Ether. */
export async function sendValue(
  contract: Contract,
  functionName: string,
  args: readonly unknown[],
  value: bigint,
  account = contract.chain.accounts[0],
): Promise<TransactionReceipt> {
  const { address, abi, chain } = contract;
  const { request } = await chain.read.simulateContract({ address, abi, functionName, args, account, value });
  const hash = await chain.wallet.writeContract(request);
  const receipt = await chain.read.getTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  return receipt;
}

/** Lets a hostile receiver call a contract as itself; fails with that contract's error. */
export async function actAs(
  receiver: Contract,
  target: Contract,
  functionName: string,
  args: readonly unknown[],
  value = 0n,
): Promise<TransactionReceipt> {
  const { address, chain } = receiver;
  const data = encodeFunctionData({ abi: target.abi, functionName, args });
  // The target's errors are not in the receiver's ABI.
  const abi = [...receiver.abi, ...target.abi.filter(({ type }) => type === 'error')];
  const account = chain.accounts[0];
  const call = { address, abi, functionName: 'act', args: [target.address, data], account, value, gas: 3_000_000n };
  const { request } = await chain.read.simulateContract(call);
  const hash = await chain.wallet.writeContract(request);
  const receipt = await chain.read.getTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  return receipt;
}

/** A mock lineage on a fresh chain, and accounts with names. */
export class Family {
  readonly chain: TestChain;
  readonly lineage: Contract;

  constructor(chain: TestChain, lineage: Contract) {
    this.chain = chain;
    this.lineage = lineage;
  }

  static async create(): Promise<Family> {
    const chain = await testChain();
    return new Family(chain, await deploy(chain, 'MockLineage'));
  }

  get alice(): Address {
    return this.chain.accounts[1];
  }

  get bob(): Address {
    return this.chain.accounts[2];
  }

  get carol(): Address {
    return this.chain.accounts[3];
  }

  seed(number: number, trainer: Address) {
    return this.lineage.send('addSeed', [model(number), trainer]);
  }

  import(number: number, trainer: Address) {
    return this.lineage.send('addImport', [model(number), trainer]);
  }

  train(number: number, trainer: Address, parent: number) {
    return this.lineage.send('addTrain', [model(number), trainer, model(parent)]);
  }

  merge(number: number, trainer: Address, parents: readonly number[], weights: readonly number[]) {
    return this.lineage.send('addMerge', [model(number), trainer, parents.map(model), weights]);
  }

  balance(address: Address): Promise<bigint> {
    return this.chain.read.getBalance({ address });
  }
}
