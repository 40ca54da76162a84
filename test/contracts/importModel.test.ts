import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { toHex } from 'viem';
import { encodeShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { importClaim, proofOf, type Registered, trainClaim, World } from './support/world.ts';

const WIDTHS = [5, 4, 3];
const SOURCE = toHex(2n ** 256n - 1n, { size: 32 });
const IMPORT = 4n;
const KIND_IMPORT = 2;

let world: World;
let shard: Registered;
let snapshot: unknown;

before(async () => {
  world = await World.create();
  shard = await world.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
});
beforeEach(async () => {
  snapshot = await world.chain.request('evm_snapshot');
});
afterEach(async () => {
  await world.chain.request('evm_revert', snapshot);
});

describe('import', () => {
  it('registers a declared node without parents, and says which file it is said to come from', async () => {
    const claim = importClaim(WIDTHS, SOURCE);
    const id = resultId(claim.statement);
    assert.equal(await world.attempt(claim), id);
    const { commitment } = claim.statement;
    const registered = {
      id,
      trainer: world.alice,
      kind: KIND_IMPORT,
      depth: 0n,
      shape: encodeShape(WIDTHS),
      commitment,
    };
    assert.deepEqual(world.events(await world.submit(claim)), [
      { eventName: 'ModelRegistered', args: registered },
      { eventName: 'Declared', args: { id, source: SOURCE } },
    ]);
    const node = await world.registry.read('node', [id]);
    assert.deepEqual([node.kind, node.depth, node.declared, node.version], [KIND_IMPORT, 0n, true, 1n]);
    assert.deepEqual(await world.registry.read('parents', [id]), []);
  });

  it('makes declared whatever is trained from it', async () => {
    const child = await world.trainModel(await world.importModel(WIDTHS), shard);
    const grandchild = await world.trainModel(child, shard);
    assert.equal(await world.registry.read('isDeclared', [resultId(grandchild.statement)]), true);
    const seeded = await world.trainModel(await world.seedModel(WIDTHS), shard);
    assert.equal(await world.registry.read('isDeclared', [resultId(seeded.statement)]), false);
  });

  it('takes the same source for several models: a file may be quantised in several ways', async () => {
    await world.importModel(WIDTHS, SOURCE);
    await world.importModel(WIDTHS, SOURCE);
  });

  describe('reverts', () => {
    it('with ProofRejected when the source is not the one of the proof', async () => {
      const claim = importClaim(WIDTHS, SOURCE);
      await world.expect(claim, world.alice);
      const other = { ...claim, statement: { ...claim.statement, source: toHex(5n, { size: 32 }) } };
      await reverts(world.call(other), 'ProofRejected', [IMPORT]);
    });

    it('with ProofRejected when the sender is not the prover', async () => {
      const claim = importClaim(WIDTHS);
      await world.expect(claim, world.alice);
      await reverts(world.call(claim, world.bob), 'ProofRejected', [IMPORT]);
    });

    it('with OpeningRejected when another model is opened', async () => {
      await reverts(world.attempt({ ...importClaim(WIDTHS), proof: proofOf(shard.oracle) }), 'OpeningRejected', [
        IMPORT,
      ]);
    });

    it('with InvalidPoint when the commitment is infinity', async () => {
      const claim = importClaim(WIDTHS);
      const statement = { ...claim.statement, commitment: { x: 0n, y: 0n } };
      await reverts(world.attempt({ ...claim, statement }), 'InvalidPoint', [0n, 0n]);
    });

    it('with ModelExists when the model is registered already, whoever tries', async () => {
      const claim = await world.importModel(WIDTHS);
      await reverts(world.attempt(claim, world.bob), 'ModelExists', [resultId(claim.statement)]);
      const trained = trainClaim(claim, shard);
      await world.submit(trained);
      const again = { ...claim, statement: { ...claim.statement, commitment: trained.statement.child } };
      await reverts(world.attempt(again), 'ModelExists', [resultId(trained.statement)]);
    });

    it('with the error of the shape when no circuit takes it', async () => {
      const { proof, statement } = importClaim(WIDTHS);
      const { args } = registryCall(statement, proof);
      const attempt = (widths: number[]) =>
        world.registry.simulate('importModel', [widths, ...args.slice(1)], world.alice);
      await reverts(attempt([5]), 'UnsupportedDepth', [1n]);
      await reverts(attempt([5, 4097]), 'UnsupportedSize', [4097n]);
    });
  });
});
