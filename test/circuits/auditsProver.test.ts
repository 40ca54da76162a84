import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Proof } from '../../src/argument/types.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { circuitFor } from '../../src/registry/statement.ts';
import { someShard } from '../support/models.ts';
import { CONTEXT, openProver, verifierKeys } from '../support/prover.ts';

/** Real proofs of both programs that compare rows. */
describe('a proof about rows', () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver(['disjoint', 'subset']);
  });
  after(() => prover.close());

  const holds = async (statement: Statement, proof: Proof) =>
    isVerified(await verifyProof(CONTEXT, statement, proof, verifierKeys(circuitFor(statement))));
  /** Rows that no other shard made here has: every first input is another. */
  const shardOf = (rows: number, first: number): Shard => {
    const shard = someShard([5, 3], rows);
    for (let s = 0; s < rows; s++) shard.X[s] = first + s;
    return shard;
  };

  it('holds for two shards without a common row, and for nobody else', async () => {
    const [first, second] = [shardOf(9, 0), shardOf(33, 100)];
    const { statement, proof } = await prover.proveDisjoint(CONTEXT, { first, second });
    assert.equal(await holds(statement, proof), true);
    const other = { ...CONTEXT, trainer: CONTEXT.registry };
    assert.equal(isVerified(await verifyProof(other, statement, proof, verifierKeys('disjoint'))), false);
    assert.equal(await holds({ ...statement, other: { ...statement.other, rows: 32 } }, proof), false);
  });

  it('holds for a record that is none of the rows, and for no other record', async () => {
    const record = Int32Array.of(-5, 0, 7, 32767, -32768);
    const { statement, proof } = await prover.proveDisjoint(CONTEXT, { first: shardOf(9, 0), second: record });
    assert.equal(await holds(statement, proof), true);
    assert.equal(await holds({ ...statement, record: Int32Array.of(-5, 0, 7, 32767, -32767) }, proof), false);
  });

  it('is not made of sides that share a row', async () => {
    const [first, second] = [shardOf(9, 0), shardOf(4, 100)];
    for (let j = 0; j < 8; j++) second.X[j * 4 + 3] = first.X[j * 16 + 8];
    const shared = prover.proveDisjoint(CONTEXT, { first, second });
    await assert.rejects(shared, /in common/);
  });

  it('holds for rows of several shards, and for no others', async () => {
    const [shard, ...sets] = [shardOf(6, 10), shardOf(12, 0), shardOf(20, 12)];
    const labels = (s: number, of: Shard, t: number) => {
      for (let i = 0; i < 4; i++) shard.Y[i * 8 + s] = of.Y[(i * of.Y.length) / 4 + t];
      for (let j = 0; j < 8; j++) shard.X[j * 8 + s] = of.X[(j * of.X.length) / 8 + t];
    };
    for (let s = 0; s < 6; s++) labels(s, sets[s < 2 ? 0 : 1], s < 2 ? 10 + s : s - 2);
    const list = { registrar: CONTEXT.trainer, shardIds: [], uri: 'ipfs://x' };
    const { statement, proof } = await prover.proveSubset(CONTEXT, { shard, sets, list });
    assert.equal(await holds(statement, proof), true);
    assert.equal(await holds({ ...statement, list: { ...list, uri: 'ipfs://y' } }, proof), false);
    shard.X[0]++;
    await assert.rejects(prover.proveSubset(CONTEXT, { shard, sets, list }), /in none of the sets/);
  });
});
