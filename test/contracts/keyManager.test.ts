// Verifiers owned by OpenZeppelin's AccessManager: who may add keys is a role, with a delay and a guardian.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  type Address,
  decodeFunctionData,
  encodeFunctionData,
  type Hex,
  parseEventLogs,
  toFunctionSelector,
  zeroAddress,
} from 'viem';
import { additionOf } from '../../scripts/chain/verifierKeys.ts';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy } from './support/money.ts';
import { DAY, DELAY, deployVerifiers } from './support/verifiersFixture.ts';

const ADMINS = 0n;
const ADDERS = 1n;
const GUARDIANS = 2n;
const TRAIN = 3n;
const ADD_KEY = toFunctionSelector('addKey(uint256,(uint256[18],bytes32))');

describe('Verifiers owned by an AccessManager', () => {
  let chain: TestChain;
  let manager: Contract;
  let verifiers: Contract;
  let [admin, adder, guardian, stranger]: Address[] = [];
  /** What `descent keys add train --dry-run` says that the owner would send. */
  let addition: Hex;

  beforeEach(async () => {
    chain = await testChain();
    [, admin, adder, guardian, stranger] = chain.accounts;
    manager = await deploy(chain, 'AccessManager', [admin]);
    verifiers = await deployVerifiers(chain, { owner: manager.address });
    addition = additionOf(verifiers.address, 'train').call.data;
    await manager.send('grantRole', [ADDERS, adder, 3n * DAY], admin);
    await manager.send('grantRole', [GUARDIANS, guardian, 0n], admin);
    await manager.send('setRoleGuardian', [ADDERS, GUARDIANS], admin);
    await manager.send('setTargetFunctionRole', [verifiers.address, [ADD_KEY], ADDERS], admin);
  });

  const schedule = (account: Address, data = addition) =>
    manager.send('schedule', [verifiers.address, data, 0], account);
  const execute = (account: Address, data = addition) => manager.send('execute', [verifiers.address, data], account);
  const wait = async (seconds: bigint) => {
    await chain.request('evm_increaseTime', Number(seconds));
    await chain.mine(1);
  };
  const waits = async (call: () => Promise<unknown>, error: string, account = adder, data = addition) => {
    const id = await manager.read('hashOperation', [account, verifiers.address, data]);
    await reverts(call(), error, [id]);
  };
  const unauthorized = (account: Address) => [account, verifiers.address, ADD_KEY] as const;

  it('names the function that adds keys', () => assert.equal(addition.slice(0, 10), ADD_KEY));

  it('takes a key that a member of the role scheduled, once the delay of the role has passed', async () => {
    await waits(() => execute(adder), 'AccessManagerNotScheduled');
    await schedule(adder);
    await wait(3n * DAY - 60n);
    await waits(() => execute(adder), 'AccessManagerNotReady');
    assert.equal(await verifiers.read('versionsOf', [TRAIN]), 1n);
    await wait(60n);
    const { logs, blockNumber } = await execute(adder);
    const [{ args }] = parseEventLogs({ abi: verifiersAbi, eventName: 'KeyAdded', logs });
    assert.equal(args.program, TRAIN);
    assert.equal(await verifiers.read('versionsOf', [TRAIN]), 2n);
    // The delay of Verifiers comes on top.
    const { timestamp } = await chain.read.getBlock({ blockNumber });
    assert.equal((await verifiers.read('keyRecordOf', [TRAIN, 2n])).countsFrom, timestamp + DELAY);
    await waits(() => execute(adder), 'AccessManagerNotScheduled');
  });

  it('takes none from strangers, from the guardian, or from a member that goes round the manager', async () => {
    for (const account of [stranger, guardian]) {
      await reverts(schedule(account), 'AccessManagerUnauthorizedCall', unauthorized(account));
      await reverts(execute(account), 'AccessManagerUnauthorizedCall', unauthorized(account));
    }
    const { args } = decodeFunctionData({ abi: verifiersAbi, data: addition });
    for (const account of [stranger, guardian, adder, admin]) {
      await reverts(verifiers.send('addKey', args, account), 'OwnableUnauthorizedAccount', [account]);
    }
  });

  it('takes none that the guardian cancelled; a stranger cannot cancel', async () => {
    await schedule(adder);
    const cancel = (account: Address) => manager.send('cancel', [adder, verifiers.address, addition], account);
    await reverts(cancel(stranger), 'AccessManagerUnauthorizedCancel', [stranger, adder, verifiers.address, ADD_KEY]);
    await cancel(guardian);
    await wait(4n * DAY);
    await waits(() => execute(adder), 'AccessManagerNotScheduled');
    assert.equal(await verifiers.read('versionsOf', [TRAIN]), 1n);
  });

  it('takes none from who lost the role, also where it was scheduled before', async () => {
    await schedule(adder);
    await manager.send('revokeRole', [ADDERS, adder], admin);
    await wait(4n * DAY);
    await reverts(execute(adder), 'AccessManagerUnauthorizedCall', unauthorized(adder));
  });

  it('gives ownership up by the word of the administrators, after their delay, and no key is added any more', async () => {
    const data = encodeFunctionData({ abi: verifiers.abi, functionName: 'renounceOwnership' });
    await reverts(execute(adder, data), 'AccessManagerUnauthorizedCall', [adder, verifiers.address, data.slice(0, 10)]);
    // A delay for the administrators themselves, without which they could do all this at once.
    await manager.send('grantRole', [ADMINS, admin, 5n * DAY], admin);
    await waits(() => execute(admin, data), 'AccessManagerNotScheduled', admin, data);
    await schedule(admin, data);
    await schedule(adder);
    await wait(5n * DAY);
    await execute(admin, data);
    assert.equal(await verifiers.read('owner'), zeroAddress);
    await reverts(execute(adder), 'OwnableUnauthorizedAccount', [manager.address]);
  });

  it('passes to another owner in two steps, as from any owner', async () => {
    const call = { abi: verifiers.abi, functionName: 'transferOwnership', args: [stranger] } as const;
    await execute(admin, encodeFunctionData(call));
    assert.equal(await verifiers.read('owner'), manager.address);
    await verifiers.send('acceptOwnership', [], stranger);
    assert.equal(await verifiers.read('owner'), stranger);
  });
});
