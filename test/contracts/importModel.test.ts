import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { toHex } from 'viem';
import { HEADS } from '../../src/model/head.ts';
import { encodeShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { importClaim, pointOf, type Registered, RegistryFixture, trainClaim } from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SOURCE = toHex(2n ** 256n - 1n, { size: 32 });
const IMPORT = 4n;
const KIND_IMPORT = 2;

let fixture: RegistryFixture;
let shard: Registered;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  shard = await fixture.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

describe('import', () => {
  it('registers a declared node without parents, and says which file it is said to come from', async () => {
    const claim = importClaim(WIDTHS, SOURCE);
    const id = resultId(claim.statement);
    assert.equal(await fixture.attempt(claim), id);
    const { commitment } = claim.statement;
    const registered = {
      id,
      trainer: fixture.alice,
      kind: KIND_IMPORT,
      depth: 0n,
      shape: encodeShape({ widths: WIDTHS, head: 'squared error' }),
      commitment,
    };
    assert.deepEqual(fixture.events(await fixture.submit(claim)), [
      { eventName: 'ModelRegistered', args: registered },
      { eventName: 'Declared', args: { id, source: SOURCE } },
    ]);
    const node = await fixture.registry.read('node', [id]);
    assert.deepEqual([node.kind, node.depth, node.declared, node.version], [KIND_IMPORT, 0n, true, 1n]);
    assert.deepEqual(await fixture.registry.read('parents', [id]), []);
  });

  it('registers a model with each head: the shape tells which', async () => {
    for (const head of HEADS) {
      const [{ args }] = fixture.events(await fixture.submit(importClaim(WIDTHS, SOURCE, NO_SCHEMA, head)));
      assert.equal((args as { shape: bigint }).shape, encodeShape({ widths: WIDTHS, head }));
    }
  });

  it('makes declared whatever is trained from it', async () => {
    const child = await fixture.trainModel(await fixture.importModel(WIDTHS), shard);
    const grandchild = await fixture.trainModel(child, shard);
    assert.equal(await fixture.registry.read('isDeclared', [resultId(grandchild.statement)]), true);
    const seeded = await fixture.trainModel(await fixture.seedModel(WIDTHS), shard);
    assert.equal(await fixture.registry.read('isDeclared', [resultId(seeded.statement)]), false);
  });

  it('takes the same source for several models: a file may be quantised in several ways', async () => {
    await fixture.importModel(WIDTHS, SOURCE);
    await fixture.importModel(WIDTHS, SOURCE);
  });

  describe('reverts', () => {
    it('with ProofRejected when the source is not the one of the proof', async () => {
      const claim = importClaim(WIDTHS, SOURCE);
      await fixture.expect(claim, fixture.alice);
      const other = { ...claim, statement: { ...claim.statement, source: toHex(5n, { size: 32 }) } };
      await reverts(fixture.call(other), 'ProofRejected', [IMPORT]);
    });

    it('with ProofRejected when the head is not the one of the proof', async () => {
      const claim = importClaim(WIDTHS, SOURCE, NO_SCHEMA, 'softmax');
      await fixture.expect(claim, fixture.alice);
      const other = importClaim(WIDTHS, SOURCE, NO_SCHEMA, 'sigmoid');
      await reverts(fixture.call(other), 'ProofRejected', [IMPORT]);
    });

    it('with ProofRejected when the sender is not the prover', async () => {
      const claim = importClaim(WIDTHS);
      await fixture.expect(claim, fixture.alice);
      await reverts(fixture.call(claim, fixture.bob), 'ProofRejected', [IMPORT]);
    });

    it('with WrongPointCount for more points than the shape has chunks, or none', async () => {
      const claim = importClaim(WIDTHS);
      for (const commitment of [[], [pointOf(), pointOf()]]) {
        const statement = { ...claim.statement, commitment };
        await reverts(fixture.attempt({ ...claim, statement }), 'WrongPointCount', [BigInt(commitment.length), 1n]);
      }
    });

    it('with ModelExists when the model is registered already, whoever tries', async () => {
      const claim = await fixture.importModel(WIDTHS);
      await reverts(fixture.attempt(claim, fixture.bob), 'ModelExists', [resultId(claim.statement)]);
      const trained = trainClaim(claim, shard);
      await fixture.submit(trained);
      const again = { ...claim, statement: { ...claim.statement, commitment: trained.statement.child } };
      await reverts(fixture.attempt(again), 'ModelExists', [resultId(trained.statement)]);
    });

    it('with the error of the shape when no circuit takes it', async () => {
      const { proof, statement } = importClaim(WIDTHS);
      const { args } = registryCall(statement, proof);
      const attempt = (shape: bigint) =>
        fixture.registry.simulate('importModel', [shape, ...args.slice(1)], fixture.alice);
      for (const other of [0n, (args[0] as bigint) | (3n << 247n)])
        await reverts(attempt(other), 'MalformedShape', [other]);
    });
  });
});
