// What strangers can do with a real proof that they have seen, and with none: nothing, for little gas.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Address, encodeFunctionData, parseEventLogs, toHex } from 'viem';
import type { Point, Proof } from '../../src/argument/types.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { P } from '../../src/numbers/field.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { Contract, reverts, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { someShard } from '../support/models.ts';
import { openProver } from '../support/prover.ts';

const DATA = 1n;
const SCHEMA = toHex(1n, { size: 32 });
/** Gas of everything before the pairings of a proof that is refused, and what the call of its verifier is capped at. */
const MOST = 900_000n;

describe('a proof in strangers’ hands', { concurrency: false }, () => {
  let chain: TestChain;
  let registry: Contract;
  let relay: Address;
  let prover: Prover;
  let trainer: Address;
  let stranger: Address;
  let proved: ProofResult;

  before(async () => {
    chain = await testChain();
    ({ registry, relay } = await deployContracts(chain));
    [, trainer, stranger] = chain.accounts;
    prover = await openProver(['data']);
    const context = { chainId: 31337n, registry: registry.address, trainer };
    proved = await prover.proveData(context, someShard([5, 3], 16), SCHEMA);
  });
  after(() => prover.close());

  const attempt = (by: Address, proof: Proof = proved.proof, on = registry) => {
    const { functionName, args } = registryCall(proved.statement, proof);
    return on.simulate(functionName, args, by);
  };
  const withWords = (change: (words: bigint[]) => bigint[]): Proof => ({
    ...proved.proof,
    groth16: change([...proved.proof.groth16]),
  });
  /** (-A, -B, C), which satisfies the same equation. */
  const negated = () =>
    withWords(([ax, ay, bx1, bx0, by1, by0, ...c]) => [ax, P - ay, bx1, bx0, P - by1, P - by0, ...c]);

  it('is worth nothing to somebody who copies it from the pool of transactions', async () => {
    await reverts(attempt(stranger), 'ProofRejected', [DATA]);
    await reverts(attempt(stranger, negated()), 'ProofRejected', [DATA]);
    await attempt(trainer);
  });

  it('cannot be sent with another meaning of its columns, nor with another shape', async () => {
    const { statement, proof } = proved;
    if (statement.program !== 'data') assert.fail();
    const { shard } = statement;
    for (const edit of [
      { schema: NO_SCHEMA },
      { schema: toHex(2n, { size: 32 }) },
      { shard: { ...shard, inputs: 6 } },
      { shard: { ...shard, outputs: 4 } },
      { shard: { ...shard, rows: 15 } },
      { shard: { ...shard, kind: shard.kind === 'classes' ? ('regression' as const) : ('classes' as const) } },
    ]) {
      const { functionName, args } = registryCall({ ...statement, ...edit }, proof);
      await reverts(registry.simulate(functionName, args, trainer), 'ProofRejected', [DATA]);
    }
  });

  it('is worth nothing on another registry and on another chain, to its maker neither', async () => {
    const verifiers = await registry.read('verifiers');
    const other = await chain.deploy('ModelRegistry', [verifiers, relay]);
    await reverts(attempt(trainer, proved.proof, new Contract(chain, other, modelRegistryAbi)), 'ProofRejected', [
      DATA,
    ]);
    const { registry: twin } = await deployContracts(await testChain({ chainId: 1337 }));
    assert.equal(twin.address, registry.address);
    await reverts(attempt(trainer, proved.proof, twin), 'ProofRejected', [DATA]);
  });

  it('cannot be written in another way that counts as another', async () => {
    for (let i = 0; i < 8; i++) {
      const shifted = withWords((words) => words.with(i, words[i] + P));
      // Points of the first group are looked at one by one, the pairings find the one of the second.
      await assert.rejects(attempt(trainer, shifted), i >= 2 && i < 6 ? /ProofRejected/ : /InvalidPoint/);
    }
    const { points } = proved.proof;
    for (const name of Object.keys(points) as (keyof typeof points)[]) {
      const shift = (point: Point) => ({ ...point, x: point.x + P });
      const all = points[name];
      const moved = { ...points, [name]: Array.isArray(all) ? all.with(0, shift(all[0])) : shift(all) };
      await assert.rejects(attempt(trainer, { ...proved.proof, points: moved }), /InvalidPoint/);
    }
  });

  it('costs a bounded amount when its points are garbage', async () => {
    for (const garbage of [1n, P - 1n, 2n ** 256n - 1n]) {
      const { functionName, args } = registryCall(
        proved.statement,
        withWords((words) => words.map(() => garbage)),
      );
      const data = encodeFunctionData({ abi: modelRegistryAbi, functionName, args } as never);
      const call = { account: stranger, to: registry.address, data, chain: null, gas: 5_000_000n };
      // The node says that it fails, and includes it nevertheless.
      await chain.wallet.sendTransaction(call).catch(() => {});
      const { transactions } = await chain.read.getBlock({ blockTag: 'latest' });
      const receipt = await chain.read.getTransactionReceipt({ hash: transactions[0] as `0x${string}` });
      assert.equal(receipt.status, 'reverted');
      assert.ok(receipt.gasUsed <= MOST, `${receipt.gasUsed}`);
    }
  });

  it('registers once, for its maker, in whichever of its two forms it is sent', async () => {
    const { functionName, args } = registryCall(proved.statement, negated());
    const { logs } = await registry.send(functionName, args, trainer);
    const [{ args: registered }] = parseEventLogs({ abi: modelRegistryAbi, eventName: 'ShardRegistered', logs });
    assert.equal(registered.owner, trainer);
    for (const by of [trainer, stranger]) await reverts(attempt(by), 'ShardExists', [registered.id]);
  });

  it('is as good on the same deployment under the rules of the hard fork before', async () => {
    const { registry: twin } = await deployContracts(await testChain({ hardfork: 'prague' }));
    assert.equal(twin.address, registry.address);
    const { functionName, args } = registryCall(proved.statement, proved.proof);
    await reverts(attempt(stranger, proved.proof, twin), 'ProofRejected', [DATA]);
    assert.equal((await twin.send(functionName, args, trainer)).status, 'success');
  });
});
