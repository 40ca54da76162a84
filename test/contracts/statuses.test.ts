import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import hre from 'hardhat';
import {
  concat,
  encodeAbiParameters,
  encodeFunctionData,
  getContractError,
  type Hex,
  keccak256,
  parseEventLogs,
  zeroAddress,
} from 'viem';
import { statusesAbi } from '../../src/generated/abi.ts';
import { Contract, reverts } from './support/chain.ts';
import { actAs, deploy, Family, model, NO_MODEL, RECEIVER, sendValue } from './support/money.ts';

const MARK = { current: 0, deprecated: 1, withdrawn: 2 } as const;
const FACT = { source: 0, verdict: 1, attestation: 2 } as const;
const BOND = 10n ** 16n;
const DAY = 86_400;

describe('Statuses', () => {
  let family: Family;
  let trainers: Contract;
  let statuses: Contract;

  // Alice's models: 1, 2 from 1, 5 from 1 and 3 (a merge whose first parent is Bob's 3), 7 alone. Bob's: 3, 4 from 1. 6 is a
  // declared import of Alice's, 8 a foreign child of 1. The last account stands for the relay.
  beforeEach(async () => {
    family = await Family.create();
    const { chain, lineage, alice, bob } = family;
    trainers = await deploy(chain, 'Trainers', [chain.accounts[9]]);
    const address = await chain.deploy('Statuses', [lineage.address, trainers.address, chain.accounts[9]]);
    statuses = new Contract(chain, address, statusesAbi as never);
    await family.seed(1, alice);
    await family.train(2, alice, 1);
    await family.seed(3, bob);
    await family.train(4, bob, 1);
    await family.merge(5, alice, [3, 1], [1, 1]);
    await family.import(6, alice);
    await family.seed(7, alice);
    await lineage.send('addForeign', [model(8), alice, [model(1)]]);
  });

  const supersede = (node: number, successor: number, steps: readonly Hex[] = [], account = family.alice) =>
    statuses.send('supersede', [model(node), model(successor), steps], account);
  const setStatus = (node: number, mark: number, reason: string, account = family.alice) =>
    statuses.send('setStatus', [model(node), mark, reason], account);
  const statusOf = (node: number) => statuses.read('statusOf', [model(node)]);
  const latestOf = (node: number, limit: number) => statuses.read('latestOf', [model(node), limit]);
  const dispute = (fact: number, subject: Hex, reason = 'r', value = BOND, account = family.carol) =>
    sendValue(statuses, 'dispute', [fact, subject, reason], value, account);
  const withdraw = (number: number, to: Hex, account = family.carol) =>
    statuses.send('withdrawDispute', [number, to], account);
  const now = async () => (await family.chain.read.getBlock()).timestamp;
  const wait = async (seconds: number) => {
    await family.chain.request('evm_increaseTime', seconds);
    await family.chain.mine(1);
  };
  const nothing = { mark: MARK.current, timestamp: 0n, successor: NO_MODEL, descends: false, reason: '' };

  describe('supersede', () => {
    it('names a successor on whose first line the node lies, and says that it descends', async () => {
      assert.deepEqual(await statusOf(1), nothing);
      const { logs } = await supersede(1, 2);
      const [{ eventName, args }] = parseEventLogs({ abi: statusesAbi, logs });
      assert.equal(eventName, 'Superseded');
      assert.deepEqual(args, { node: model(1), successor: model(2), key: family.alice, descends: true });
      assert.deepEqual(await statusOf(1), { ...nothing, successor: model(2), descends: true });
      assert.deepEqual(await statusOf(2), nothing);
    });

    it('takes a successor that does not descend, and says so', async () => {
      const { logs } = await supersede(1, 7);
      const [{ args }] = parseEventLogs({ abi: statusesAbi, eventName: 'Superseded', logs });
      assert.equal(args.descends, false);
      assert.deepEqual(await statusOf(1), { ...nothing, successor: model(7) });
    });

    it('shows by its steps that a merge descends from a parent that is not its first', async () => {
      await supersede(1, 5);
      assert.equal((await statusOf(1)).descends, false);
      await supersede(1, 5, [model(5), model(1)]);
      assert.deepEqual(await statusOf(1), { ...nothing, successor: model(5), descends: true });
    });

    it('reverts with NoWay when steps are given that do not lead to the node', async () => {
      await reverts(supersede(1, 5, [model(5), model(3)]), 'NoWay', [model(1), model(5)]);
      await reverts(supersede(1, 7, [model(5), model(1)]), 'NoWay', [model(1), model(7)]);
      await reverts(supersede(1, 2, [model(5)]), 'NoWay', [model(1), model(2)]);
      await reverts(supersede(1, 0, [model(5), model(1)]), 'NoWay', [model(1), NO_MODEL]);
    });

    it('replaces a successor, takes it back, and leaves the mark as it was', async () => {
      await setStatus(1, MARK.deprecated, 'old');
      const { timestamp } = await statusOf(1);
      await supersede(1, 2);
      await supersede(1, 7);
      assert.equal((await statusOf(1)).successor, model(7));
      const { logs } = await supersede(1, 0);
      const [{ args }] = parseEventLogs({ abi: statusesAbi, logs });
      assert.deepEqual(args, { node: model(1), successor: NO_MODEL, key: family.alice, descends: false });
      assert.deepEqual(await statusOf(1), { ...nothing, mark: MARK.deprecated, timestamp, reason: 'old' });
    });

    it('reverts with NotLater for the node itself and for one that was registered before: there are no circles', async () => {
      await supersede(1, 2);
      await reverts(supersede(2, 1), 'NotLater', [model(2), model(1)]);
      await reverts(supersede(2, 2), 'NotLater', [model(2), model(2)]);
    });

    it('reverts with UnknownNode and NotTheKeyOf, for the node and for the successor', async () => {
      const { alice, bob } = family;
      await reverts(supersede(9, 2), 'UnknownNode', [model(9)]);
      await reverts(supersede(1, 9), 'UnknownNode', [model(9)]);
      await reverts(supersede(3, 5), 'NotTheKeyOf', [model(3), alice]);
      await reverts(supersede(1, 4), 'NotTheKeyOf', [model(4), alice]);
      await reverts(supersede(1, 4, [], bob), 'NotTheKeyOf', [model(1), bob]);
    });

    it("takes the word of the trainer's key, also for nodes of several trainers with one key", async () => {
      const { alice, bob } = family;
      await trainers.send('offerKey', [alice, bob], alice);
      await trainers.send('acceptKey', [alice], bob);
      await reverts(supersede(1, 2), 'NotTheKeyOf', [model(1), alice]);
      const { logs } = await supersede(1, 4, [], bob);
      const [{ args }] = parseEventLogs({ abi: statusesAbi, logs });
      assert.deepEqual(args, { node: model(1), successor: model(4), key: bob, descends: true });
    });
  });

  describe('setStatus', () => {
    it('marks a node with a reason, says so in an event, and takes it back', async () => {
      const { logs } = await setStatus(1, MARK.withdrawn, 'trained on rows that were not ours');
      const [{ eventName, args }] = parseEventLogs({ abi: statusesAbi, logs });
      assert.equal(eventName, 'StatusSet');
      const reason = 'trained on rows that were not ours';
      assert.deepEqual(args, { node: model(1), mark: MARK.withdrawn, key: family.alice, reason });
      const timestamp = await now();
      assert.deepEqual(await statusOf(1), { ...nothing, mark: MARK.withdrawn, timestamp, reason });
      await setStatus(1, MARK.deprecated, 'x');
      assert.deepEqual(await statusOf(1), { ...nothing, mark: MARK.deprecated, timestamp: await now(), reason: 'x' });
      await setStatus(1, MARK.current, '');
      assert.deepEqual(await statusOf(1), { ...nothing, timestamp: await now() });
    });

    it('leaves the successor as it was', async () => {
      await supersede(1, 2);
      await setStatus(1, MARK.deprecated, 'x');
      const { successor, descends } = await statusOf(1);
      assert.deepEqual([successor, descends], [model(2), true]);
    });

    it('reverts with NoReason for a mark without one, and with ReasonTooLong beyond 256 bytes', async () => {
      await reverts(setStatus(1, MARK.deprecated, ''), 'NoReason');
      await reverts(setStatus(1, MARK.withdrawn, ''), 'NoReason');
      await setStatus(1, MARK.current, 'é'.repeat(128));
      await reverts(setStatus(1, MARK.withdrawn, `${'é'.repeat(128)}x`), 'ReasonTooLong', [257n]);
      assert.equal(await statuses.read('MAX_REASON'), 256n);
    });

    it('reverts with UnknownNode and NotTheKeyOf', async () => {
      await reverts(setStatus(9, MARK.current, ''), 'UnknownNode', [model(9)]);
      await reverts(setStatus(3, MARK.withdrawn, 'x'), 'NotTheKeyOf', [model(3), family.alice]);
    });

    it('believes the relay alone about whom it speaks for', async () => {
      const { chain, alice, bob } = family;
      const args = [model(1), MARK.deprecated, 'relayed'] as const;
      const data = encodeFunctionData({ abi: statusesAbi, functionName: 'setStatus', args });
      const call = (account: Hex, tail: Hex) => ({ account, to: statuses.address, data: concat([data, tail]) });
      await chain.wallet.sendTransaction({ ...call(chain.accounts[9], alice), chain: null });
      assert.equal((await statusOf(1)).reason, 'relayed');
      for (const [from, tail, taken] of [
        [chain.accounts[9], bob, bob],
        [bob, alice, bob],
      ] as const) {
        const refused = chain.read.call(call(from, tail)).catch((cause) => {
          throw getContractError(cause, { abi: statuses.abi, args: [], functionName: 'setStatus' });
        });
        await reverts(refused, 'NotTheKeyOf', [model(1), taken]);
      }
    });
  });

  describe('latestOf', () => {
    it('follows successors as far as the limit goes, and says whether it reached the end', async () => {
      await supersede(1, 2);
      await supersede(2, 5);
      await supersede(5, 7);
      for (const [limit, latest, ended] of [
        [0, 1, false],
        [1, 2, false],
        [2, 5, false],
        [3, 7, true],
        [4, 7, true],
      ] as const) {
        assert.deepEqual(await latestOf(1, limit), [model(latest), ended], `limit ${limit}`);
      }
      assert.deepEqual(await latestOf(7, 0), [model(7), true]);
    });

    it('is the node itself where it has no successor, and zero where there is no such node', async () => {
      assert.deepEqual(await latestOf(1, 9), [model(1), true]);
      assert.deepEqual(await latestOf(9, 9), [NO_MODEL, true]);
      await supersede(1, 2);
      await supersede(1, 0);
      assert.deepEqual(await latestOf(1, 9), [model(1), true]);
    });

    // Counting lines for coverage costs gas itself.
    it('takes at most 3,000 gas for each step', { skip: hre.globalOptions.coverage }, async () => {
      const numbers = Array.from({ length: 20 }, (_, i) => 100 + i);
      for (const number of numbers) await family.seed(number, family.alice);
      for (const number of numbers.slice(1)) await supersede(number - 1, number);
      const data = (limit: number) =>
        encodeFunctionData({ abi: statusesAbi, functionName: 'latestOf', args: [model(100), BigInt(limit)] });
      const gas = async (limit: number) =>
        family.chain.read.estimateGas({ account: family.bob, to: statuses.address, data: data(limit) });
      assert.ok((await gas(19)) - (await gas(1)) <= 18n * 3_000n);
    });
  });

  describe('disputes', () => {
    it('are raised by anybody with a bond, and say so in an event', async () => {
      const { logs } = await dispute(FACT.source, model(6), 'no such file', BOND + 1n);
      const [{ eventName, args }] = parseEventLogs({ abi: statusesAbi, logs });
      assert.equal(eventName, 'Disputed');
      const said = { subject: model(6), disputer: family.carol, fact: FACT.source, bond: BOND + 1n };
      assert.deepEqual(args, { dispute: 1n, ...said, reason: 'no such file' });
      const found = { ...said, raised: await now(), withdrawn: 0n, reason: 'no such file' };
      assert.deepEqual(await statuses.read('disputeAt', [1]), found);
      assert.equal(await statuses.read('disputeCount'), 1n);
      assert.deepEqual(await statuses.read('disputesOf', [FACT.source, model(6)]), [1n, 1n]);
      assert.equal(await family.balance(statuses.address), BOND + 1n);
    });

    it('are of imports, foreign nodes and attestations: others revert with NothingDeclared', async () => {
      await dispute(FACT.verdict, model(8));
      await dispute(FACT.attestation, model(12));
      for (const [fact, node] of [
        [FACT.source, 1],
        [FACT.source, 8],
        [FACT.source, 9],
        [FACT.verdict, 6],
        [FACT.verdict, 9],
      ]) {
        await reverts(dispute(fact, model(node)), 'NothingDeclared', [fact, model(node)]);
      }
    });

    it('revert with BondTooSmall, NoReason and ReasonTooLong', async () => {
      assert.equal(await statuses.read('LEAST_BOND'), BOND);
      await reverts(dispute(FACT.source, model(6), 'r', BOND - 1n), 'BondTooSmall', [BOND - 1n]);
      await reverts(dispute(FACT.source, model(6), ''), 'NoReason');
      await dispute(FACT.source, model(6), 'r'.repeat(256));
      await reverts(dispute(FACT.source, model(6), 'r'.repeat(257)), 'ReasonTooLong', [257n]);
    });

    it('give the bond back after 30 days and not a second before, once, to whom the disputer names', async () => {
      const { chain, alice, bob } = family;
      await dispute(FACT.source, model(6));
      await dispute(FACT.source, model(6), 'second', 3n * BOND, bob);
      const { raised } = await statuses.read('disputeAt', [1]);
      const until = raised + 30n * BigInt(DAY);
      assert.equal(await statuses.read('WAIT'), BigInt(30 * DAY));
      // Simulations run at the time of the next block.
      await chain.request('evm_setNextBlockTimestamp', Number(until - 1n));
      await chain.mine(1);
      const early = statuses.chain.read.simulateContract({
        address: statuses.address,
        abi: statuses.abi,
        functionName: 'withdrawDispute',
        args: [1n, alice],
        account: family.carol,
        blockTag: 'latest',
      });
      await reverts(early, 'TooEarly', [1n, until]);
      await chain.request('evm_setNextBlockTimestamp', Number(until));
      await chain.mine(1);
      const before = await family.balance(alice);
      const { logs } = await withdraw(1, alice);
      const [{ eventName, args }] = parseEventLogs({ abi: statusesAbi, logs });
      assert.equal(eventName, 'DisputeWithdrawn');
      assert.deepEqual(args, { dispute: 1n, subject: model(6), to: alice });
      assert.equal((await family.balance(alice)) - before, BOND);
      assert.equal(await family.balance(statuses.address), 3n * BOND);
      const { bond, withdrawn } = await statuses.read('disputeAt', [1]);
      assert.deepEqual([bond, withdrawn], [BOND, await now()]);
      assert.deepEqual(await statuses.read('disputesOf', [FACT.source, model(6)]), [2n, 1n]);
      await reverts(withdraw(1, alice), 'WithdrawnBefore', [1n]);
    });

    it('are withdrawn by the disputer alone, and only where there is one', async () => {
      await dispute(FACT.source, model(6));
      await wait(31 * DAY);
      await reverts(withdraw(1, family.alice, family.alice), 'NotTheDisputer', [1n, family.alice]);
      await reverts(withdraw(0, family.carol), 'UnknownDispute', [0n]);
      await reverts(withdraw(2, family.carol), 'UnknownDispute', [2n]);
    });

    it('stand where the bond cannot be paid, and pay once to whom calls again from within', async () => {
      const { chain } = family;
      const receiver = await deploy(chain, 'HostileReceiver');
      const raise = [FACT.source, model(6), 'r'];
      await actAs(receiver, statuses, 'dispute', raise, BOND);
      await actAs(receiver, statuses, 'dispute', raise, BOND);
      await wait(30 * DAY);
      const { address } = receiver;
      const take = (to: Hex) => actAs(receiver, statuses, 'withdrawDispute', [1, to]);
      await reverts(take(zeroAddress), 'UnusableRecipient', [zeroAddress]);
      await receiver.send('behave', [RECEIVER.revert, address, '0x']);
      await reverts(take(address), 'TransferFailed', [zeroAddress, address, BOND]);
      assert.deepEqual(await statuses.read('disputesOf', [FACT.source, model(6)]), [2n, 2n]);
      // A second dispute of its own, withdrawn while the first one's bond is on its way.
      const again = encodeFunctionData({ abi: statusesAbi, functionName: 'withdrawDispute', args: [2n, address] });
      await receiver.send('behave', [RECEIVER.reenter, statuses.address, again]);
      await take(address);
      assert.equal(await receiver.read('reentered'), false);
      assert.equal(await family.balance(address), BOND);
      assert.equal(await family.balance(statuses.address), BOND);
      assert.deepEqual(await statuses.read('disputesOf', [FACT.source, model(6)]), [2n, 1n]);
    });

    it('are listed by fact in pages, withdrawn ones with them', async () => {
      for (const reason of ['a', 'b', 'c']) await dispute(FACT.source, model(6), reason);
      await dispute(FACT.attestation, model(6), 'd');
      await wait(30 * DAY);
      await withdraw(2, family.carol);
      const list = async (from: number, limit: number, fact: number = FACT.source) => {
        const [numbers, page] = await statuses.read('listDisputes', [fact, model(6), from, limit]);
        assert.deepEqual(
          page,
          await Promise.all(numbers.map((number: bigint) => statuses.read('disputeAt', [number]))),
        );
        return numbers;
      };
      assert.deepEqual(await list(0, 2), [1n, 2n]);
      assert.deepEqual(await list(2, 2), [3n]);
      assert.deepEqual(await list(0, 9), [1n, 2n, 3n]);
      assert.deepEqual(await list(3, 9), []);
      assert.deepEqual(await list(4, 9), []);
      assert.deepEqual(await list(0, 0), []);
      assert.deepEqual(await list(0, 9, FACT.attestation), [4n]);
      assert.deepEqual(await list(0, 9, FACT.verdict), []);
    });

    it('are all zero where there are none', async () => {
      await dispute(FACT.source, model(6));
      const none = {
        fact: 0,
        subject: NO_MODEL,
        disputer: zeroAddress,
        bond: 0n,
        raised: 0n,
        withdrawn: 0n,
        reason: '',
      };
      assert.deepEqual(await statuses.read('disputeAt', [0]), none);
      assert.deepEqual(await statuses.read('disputeAt', [2]), none);
      assert.deepEqual(await statuses.read('disputesOf', [FACT.verdict, model(6)]), [0n, 0n]);
    });

    it('of an attestation stand under the hash of where it stands and which it is', async () => {
      const parts = [family.lineage.address, model(3), family.bob, 7n] as const;
      const types = ['address', 'bytes32', 'address', 'uint256'].map((type) => ({ type }));
      assert.equal(await statuses.read('attestationSubject', parts), keccak256(encodeAbiParameters(types, parts)));
    });
  });

  it('reads from the registry that it was given', async () => {
    assert.equal(await statuses.read('lineage'), family.lineage.address);
  });
});
