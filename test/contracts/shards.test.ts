import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { toHex } from 'viem';
import { encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { dataClaim, pointOf, proofOf, RegistryFixture } from './support/registryFixture.ts';

const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const DATA = 1n;

let fixture: RegistryFixture;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

describe('registerShard', () => {
  it('records owner, sizes and kind under the id of commitment and descriptor', async () => {
    for (const [place, kind] of (['regression', 'classes', 'labels'] as const).entries()) {
      const claim = await fixture.registerShard({ ...SHARD, kind });
      assert.deepEqual(await fixture.registry.read('shard', [resultId(claim.statement)]), {
        owner: fixture.alice,
        inputs: 5n,
        outputs: 3n,
        rows: 16n,
        kind: place,
        blockNumber: await fixture.chain.read.getBlockNumber(),
        schema: NO_SCHEMA,
        number: BigInt(place) + 1n,
        version: 1n,
      });
    }
  });

  it('records the greatest and the smallest sizes', async () => {
    for (const shard of [
      { ...SHARD, inputs: 4096, outputs: 1, rows: 1 },
      { ...SHARD, inputs: 1, outputs: 1, rows: 4096 },
      { ...SHARD, inputs: 1, outputs: 4096, rows: 1 },
    ]) {
      const { statement } = await fixture.registerShard(shard);
      const { inputs, outputs, rows } = await fixture.registry.read('shard', [resultId(statement)]);
      assert.deepEqual([inputs, outputs, rows], [shard.inputs, shard.outputs, shard.rows].map(BigInt));
    }
  });

  it('returns the id and says in an event what training needs', async () => {
    const claim = dataClaim(SHARD);
    assert.equal(await fixture.attempt(claim), resultId(claim.statement));
    const args = {
      id: resultId(claim.statement),
      owner: fixture.alice,
      descriptor: encodeShard(SHARD),
      schema: NO_SCHEMA,
      commitment: claim.statement.commitment,
    };
    assert.deepEqual(fixture.events(await fixture.submit(claim)), [{ eventName: 'ShardRegistered', args }]);
  });

  it('answers with zeros for an unknown shard', async () => {
    const id = resultId(dataClaim(SHARD).statement);
    const nobody = '0x0000000000000000000000000000000000000000';
    assert.deepEqual(await fixture.registry.read('shard', [id]), {
      owner: nobody,
      inputs: 0n,
      outputs: 0n,
      rows: 0n,
      kind: 0,
      blockNumber: 0n,
      schema: NO_SCHEMA,
      number: 0n,
      version: 0n,
    });
  });

  it('reverts with ShardExists for the same commitment and descriptor', async () => {
    const claim = await fixture.registerShard(SHARD);
    await reverts(fixture.attempt(claim, fixture.bob), 'ShardExists', [resultId(claim.statement)]);
  });

  it('takes the same commitment under another descriptor as another shard', async () => {
    const claim = await fixture.registerShard(SHARD);
    const statement = { ...claim.statement, shard: { ...SHARD, rows: 15 } };
    await fixture.submit({ statement, proof: claim.proof });
  });

  it('reverts with OracleTooLarge for a shard of more than 2^25 entries', async () => {
    const full = { ...SHARD, inputs: 4096, outputs: 4096, rows: 4096 };
    await fixture.registerShard(full);
    const call = (...sizes: bigint[]) =>
      fixture.registry.simulate('registerShard', [...sizes, 1, NO_SCHEMA, [], proofArgument(proofOf())]);
    await reverts(call(4096n, 4096n, 4096n), 'WrongPointCount', [0n, 128n]);
  });

  it('reverts with WrongPointCount unless there is one point for each 2^18 entries', async () => {
    const claim = dataClaim({ ...SHARD, inputs: 64, outputs: 1, rows: 4096 });
    const { commitment } = claim.statement;
    assert.equal(commitment.length, 2);
    for (const other of [[], commitment.slice(1), [...commitment, pointOf()]]) {
      const statement = { ...claim.statement, commitment: other };
      await reverts(fixture.attempt({ ...claim, statement }), 'WrongPointCount', [BigInt(other.length), 2n]);
    }
    // 2^18 entries exactly.
    const one = dataClaim({ ...SHARD, inputs: 32, outputs: 32, rows: 4096 });
    assert.equal(one.statement.commitment.length, 1);
    await fixture.submit(one);
  });

  it('reverts with UnsupportedSize for zero rows', async () => {
    const { statement, proof } = dataClaim(SHARD);
    const args = [5n, 3n, 0n, 1, NO_SCHEMA, statement.commitment, proofArgument(proof)];
    await reverts(fixture.registry.simulate('registerShard', args), 'UnsupportedSize', [0n]);
  });

  it('reverts with ProofRejected when the proof was made for another sender', async () => {
    const claim = dataClaim(SHARD);
    await fixture.expect(claim, fixture.alice);
    await reverts(fixture.call(claim, fixture.bob), 'ProofRejected', [DATA]);
  });

  it('reverts with ProofRejected when sizes, kind, schema or commitment are not those of the proof', async () => {
    const claim = dataClaim(SHARD);
    await fixture.expect(claim, fixture.alice);
    const { statement, proof } = claim;
    const others = [
      { ...statement, shard: { ...SHARD, inputs: 6 } },
      { ...statement, shard: { ...SHARD, outputs: 4 } },
      { ...statement, shard: { ...SHARD, rows: 15 } },
      { ...statement, shard: { ...SHARD, kind: 'regression' as const } },
      { ...statement, shard: { ...SHARD, kind: 'labels' as const } },
      { ...statement, schema: toHex(1n, { size: 32 }) },
      { ...statement, commitment: [pointOf()] },
    ];
    for (const other of others) await reverts(fixture.call({ statement: other, proof }), 'ProofRejected', [DATA]);
  });

  it('reverts with ProofRejected when any part of the proof is changed: all of it is handed on', async () => {
    const claim = dataClaim(SHARD);
    await fixture.expect(claim, fixture.alice);
    const { groth16, points, challenges } = claim.proof;
    const changed = [
      ...groth16.map((word, i) => ({ groth16: groth16.with(i, word + 1n) })),
      ...Object.keys(points).map((name) => ({ points: { ...points, [name]: other(points[name as 'trace']) } })),
      ...Object.keys(challenges).map((name) => ({
        challenges: { ...challenges, [name]: other(challenges[name as 'eta']) },
      })),
    ];
    assert.equal(changed.length, 8 + 7 + 8);
    for (const change of changed) {
      await reverts(fixture.call({ ...claim, proof: { ...claim.proof, ...change } }), 'ProofRejected', [DATA]);
    }
    await fixture.call(claim);
  });
});

/** A value of the same form with something changed. */
function other(value: unknown): unknown {
  if (typeof value === 'bigint') return value + 1n;
  if (Array.isArray(value)) return value.with(-1, other(value.at(-1)));
  const { x, y } = value as { x: bigint; y: bigint };
  return { x, y: y + 1n };
}
