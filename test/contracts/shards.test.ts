import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, toHex } from 'viem';
import type { Point, ProofPoints, ProofSignals } from '../../src/argument/types.ts';
import { encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { R } from '../../src/numbers/field.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { pointOf } from './support/knownTau.ts';
import { dataClaim, type Registered, RegistryFixture } from './support/registryFixture.ts';

const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const DATA = 1n;
const POINTS = ['trace', 'helper', 'rows', 'columns', 'quotient', 'columns2', 'quotient2', 'opening'] as const;
const SIGNALS = ['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2'] as const;
const INFINITY: Point = { x: 0n, y: 0n };

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
    for (const kind of ['classes', 'regression'] as const) {
      const claim = await fixture.registerShard({ ...SHARD, kind });
      assert.deepEqual(await fixture.registry.read('shard', [resultId(claim.statement)]), {
        owner: fixture.alice,
        inputs: 5n,
        outputs: 3n,
        rows: 16n,
        kind: kind === 'classes' ? 1 : 0,
        blockNumber: await fixture.chain.read.getBlockNumber(),
        schema: NO_SCHEMA,
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

  it('reverts with OracleTooLarge for a shard that leaves no room for its salt, which readers refuse too', async () => {
    const full = { ...SHARD, inputs: 2048, outputs: 2048, rows: 1024 };
    await reverts(fixture.attempt(dataClaim(full)), 'OracleTooLarge', [2n ** 22n + 1n]);
    await fixture.attempt(dataClaim({ ...full, outputs: 1024 }));
  });

  it('reverts with UnsupportedSize for zero rows', async () => {
    const { commitment } = dataClaim(SHARD).statement;
    const { proof } = dataClaim(SHARD);
    const args = [5n, 3n, 0n, 1, NO_SCHEMA, commitment, { ...proof, challenges: proof.signals }];
    await reverts(fixture.registry.simulate('registerShard', args), 'UnsupportedSize', [0n]);
  });

  it('reverts with ProofRejected when the verifier was made for another sender', async () => {
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
      { ...statement, schema: toHex(1n, { size: 32 }) },
      { ...statement, commitment: pointOf(77n) },
    ];
    for (const other of others) await reverts(fixture.call({ statement: other, proof }), 'ProofRejected', [DATA]);
  });

  it('reverts with ProofRejected when any word of the Groth16 proof is changed', async () => {
    const claim = dataClaim(SHARD);
    await fixture.expect(claim, fixture.alice);
    for (let i = 0; i < 8; i++) {
      const groth16 = claim.proof.groth16.with(i, claim.proof.groth16[i] + 1n);
      await reverts(fixture.call({ ...claim, proof: { ...claim.proof, groth16 } }), 'ProofRejected', [DATA]);
    }
  });

  it('reverts with ProofRejected when any commitment in h_1 to h_5 is changed', async () => {
    const claim = dataClaim(SHARD);
    await fixture.expect(claim, fixture.alice);
    for (const name of POINTS.slice(0, 7)) {
      await reverts(fixture.call(withPoint(claim, name, pointOf(77n))), 'ProofRejected', [DATA]);
    }
  });

  it('reverts with ProofRejected when any output of the circuit is changed', async () => {
    const claim = dataClaim(SHARD);
    await fixture.expect(claim, fixture.alice);
    for (const name of SIGNALS) {
      await reverts(fixture.call(withSignal(claim, name, claim.proof.signals[name] ^ 1n)), 'ProofRejected', [DATA]);
    }
  });

  it('reverts with OpeningRejected when any commitment opens to another polynomial though Groth16 accepts', async () => {
    const claim = dataClaim(SHARD);
    for (const name of POINTS) {
      await reverts(fixture.attempt(withPoint(claim, name, pointOf(77n))), 'OpeningRejected', [DATA]);
    }
    const statement = { ...claim.statement, commitment: pointOf(77n) };
    await reverts(fixture.attempt({ ...claim, statement }), 'OpeningRejected', [DATA]);
  });

  it('reverts with OpeningRejected when any output is another though Groth16 accepts', async () => {
    const claim = dataClaim(SHARD);
    for (const name of SIGNALS) {
      await reverts(fixture.attempt(withSignal(claim, name, claim.proof.signals[name] ^ 1n)), 'OpeningRejected', [
        DATA,
      ]);
    }
  });

  it('reverts with InvalidPoint when any commitment is infinity or off the curve', async () => {
    const claim = dataClaim(SHARD);
    for (const bad of [INFINITY, { x: 1n, y: 1n }]) {
      for (const name of POINTS)
        await reverts(fixture.attempt(withPoint(claim, name, bad)), 'InvalidPoint', [bad.x, bad.y]);
      const statement = { ...claim.statement, commitment: bad };
      await reverts(fixture.attempt({ ...claim, statement }), 'InvalidPoint', [bad.x, bad.y]);
    }
  });

  it('reverts with SignalNotInField when any output is r or more', async () => {
    const claim = dataClaim(SHARD);
    for (const name of SIGNALS) {
      const value = claim.proof.signals[name] + R;
      await reverts(fixture.attempt(withSignal(claim, name, value)), 'SignalNotInField', [value]);
    }
  });
});

describe('registerDataset', () => {
  const register = (ids: readonly Hex[], uri = 'ipfs://digits') =>
    fixture.registry.simulate('registerDataset', [ids, uri], fixture.bob);

  async function shardIds(...shards: ShardShape[]): Promise<Hex[]> {
    const ids: Hex[] = [];
    for (const shard of shards) ids.push(resultId((await fixture.registerShard(shard)).statement));
    return ascending(ids);
  }

  it('records registrar, number of shards and rows under the id of its content', async () => {
    const firstBlock = (await fixture.chain.read.getBlockNumber()) + 2n;
    const ids = await shardIds(SHARD, SHARD, { ...SHARD, rows: 9 });
    const id = datasetId(ids, 'ipfs://digits');
    assert.equal(await register(ids), id);
    const receipt = await fixture.registry.send('registerDataset', [ids, 'ipfs://digits'], fixture.bob);
    assert.deepEqual(await fixture.registry.read('dataset', [id]), {
      registrar: fixture.bob,
      shards: 3n,
      rows: 41n,
      firstBlock,
    });
    const args = { id, registrar: fixture.bob, shardIds: ids, rows: 41n, uri: 'ipfs://digits' };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'DatasetRegistered', args }]);
  });

  it('answers with zeros for an unknown dataset', async () => {
    const nobody = '0x0000000000000000000000000000000000000000';
    assert.deepEqual(await fixture.registry.read('dataset', [datasetId([], '')]), {
      registrar: nobody,
      shards: 0n,
      rows: 0n,
      firstBlock: 0n,
    });
  });

  it('reverts with DatasetExists for the same shards and text, but takes another text', async () => {
    const ids = await shardIds(SHARD);
    await fixture.registry.send('registerDataset', [ids, 'ipfs://digits']);
    await reverts(register(ids), 'DatasetExists', [datasetId(ids, 'ipfs://digits')]);
    assert.equal(await register(ids, 'ipfs://others'), datasetId(ids, 'ipfs://others'));
  });

  it('reverts with EmptyDataset without shards', async () => {
    await reverts(register([]), 'EmptyDataset');
  });

  it('reverts with UnknownShard when any shard is not registered', async () => {
    const [known] = await shardIds(SHARD);
    const unknown = `0x${'ff'.repeat(32)}` as Hex;
    await reverts(register([unknown]), 'UnknownShard', [unknown]);
    await reverts(register([known, unknown]), 'UnknownShard', [unknown]);
  });

  it('reverts with ShardsNotAscending when shards are out of order or listed twice', async () => {
    const [first, second] = await shardIds(SHARD, SHARD);
    await reverts(register([second, first]), 'ShardsNotAscending', [second, first]);
    await reverts(register([first, first]), 'ShardsNotAscending', [first, first]);
  });

  it('reverts with ShardsOfDifferentFamilies when inputs, outputs or kind differ', async () => {
    for (const other of [
      { ...SHARD, inputs: 6 },
      { ...SHARD, outputs: 4 },
      { ...SHARD, kind: 'regression' as const },
    ]) {
      const [first, second] = await shardIds(SHARD, other);
      await reverts(register([first, second]), 'ShardsOfDifferentFamilies', [first, second]);
    }
  });
});

function withPoint(claim: Registered, name: keyof ProofPoints, point: Point) {
  return { ...claim, proof: { ...claim.proof, points: { ...claim.proof.points, [name]: point } } };
}

function withSignal(claim: Registered, name: keyof ProofSignals, value: bigint) {
  return { ...claim, proof: { ...claim.proof, signals: { ...claim.proof.signals, [name]: value } } };
}
