// Children that an adapter to another proof system vouches for.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { toHex, zeroHash } from 'viem';
import { encodeAnyShape } from '../../src/model/anyShape.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { CIRCUITS, type Circuit } from '../../src/registry/programs/list.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { reverts } from './support/chain.ts';
import { FOREIGN_PROOF, ForeignFixture, foreignChild, idOf, KIND_FOREIGN } from './support/foreign.ts';
import { type Model, mergeClaim, pointOf, type Registered, RegistryFixture } from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const NETWORK = parseNetwork('16x16x1-c4k3p1-4', 'softmax');
const SCHEMA = toHex(7, { size: 32 });
const OTHER_SCHEMA = toHex(8, { size: 32 });
const NO_PROGRAM = 2n ** 16n + 99n;

let fixture: RegistryFixture;
let foreign: ForeignFixture;
let shard: Registered;
let seed: Model;
let imported: Model;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  foreign = await ForeignFixture.create(fixture);
  shard = await fixture.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
  seed = await fixture.seedModel(WIDTHS);
  imported = await fixture.importModel(WIDTHS);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const read = (name: string, ...args: unknown[]) => fixture.registry.read(name, args);
const use = (circuit: Circuit, version: number) =>
  fixture.verifiers.send('setVersion', [CIRCUITS[circuit], BigInt(version)]);
const floorsOf = (id: string) =>
  Promise.all(
    ['data', 'seed', 'train', 'import', 'merge'].map((name) => read('versionFloor', id, CIRCUITS[name as Circuit])),
  );

describe('a foreign child', () => {
  it('is registered with its program, its adapter and all its parents', async () => {
    const trained = await fixture.trainModel(seed, shard);
    const child = foreignChild(foreign.program, [trained, imported]);
    await foreign.expect(child);
    assert.equal(await foreign.call(child), child.id);
    const { commitment } = child.claim.statement;
    const shape = encodeAnyShape({ widths: WIDTHS, head: 'squared error' });
    const { program, parents, id } = child;
    const kind = { kind: KIND_FOREIGN, depth: 2n, shape, commitment };
    assert.deepEqual(fixture.events(await foreign.register(child)), [
      { eventName: 'ModelRegistered', args: { id, trainer: fixture.alice, ...kind } },
      { eventName: 'Foreign', args: { child: id, program, adapter: foreign.adapter.address, parents } },
    ]);
    const node = await read('node', id);
    assert.deepEqual([node.trainer, node.kind, node.depth, node.version], [fixture.alice, KIND_FOREIGN, 2n, 1n]);
    assert.deepEqual([node.parent, node.declared], [idOf(trained), true]);
    assert.deepEqual(await read('parents', id), parents);
    const [, , , parts] = await read('edge', id);
    const numbers: bigint[] = await Promise.all(parents.map((parent) => read('numberOf', parent)));
    assert.deepEqual(
      parts,
      numbers.map((number) => 2n ** 32n + number),
      'one weight for all',
    );
    assert.equal(await read('foreignProgramOf', id), program);
    assert.equal(await read('isAncestor', idOf(seed), id), true);
    assert.equal(await read('isAncestorVia', [idOf(imported), id]), true);
    for (const parent of parents) assert.deepEqual((await read('children', parent, zeroHash, 9n))[0], [id]);
  });

  it('has one parent or eight', async () => {
    const one = await foreign.child([seed]);
    assert.deepEqual(await read('parents', one.id), [idOf(seed)]);
    assert.equal(await read('depthOf', one.id), 1n);
    const eight: Model[] = [];
    for (let i = 0; i < 8; i++) eight.push(await fixture.importModel(WIDTHS));
    const { id } = await foreign.child(eight);
    assert.deepEqual(await read('parents', id), eight.map(idOf));
    for (const parent of eight) assert.equal(await read('isAncestorVia', [idOf(parent), id]), true);
  });

  it('and all that descends from it through any parent is foreign, and nothing else', async () => {
    const { claim, id } = await foreign.child([seed]);
    const trained = await fixture.trainModel(claim, shard);
    const merge = mergeClaim([imported, trained]);
    await fixture.submit(merge);
    const second = await foreign.child([merge]);
    const foreigners = [id, idOf(trained), idOf(merge), second.id];
    for (const one of foreigners) assert.equal(await read('isForeign', one), true);
    const beside = await fixture.trainModel(seed, shard);
    for (const one of [idOf(seed), idOf(imported), idOf(beside), zeroHash]) {
      assert.equal(await read('isForeign', one), false);
      assert.equal(await read('foreignProgramOf', one), 0n);
    }
    // Only what the program made bears its number.
    for (const one of foreigners.slice(1, 3)) assert.equal(await read('foreignProgramOf', one), 0n);
    // Declared is what has an import above: not the first child, all from the merge on.
    const declared = await Promise.all(foreigners.map((one) => read('isDeclared', one)));
    assert.deepEqual(declared, [false, false, true, true]);
  });

  it('has the schema that it states, whatever its parents have', async () => {
    const stated = await fixture.importModel(WIDTHS, undefined, SCHEMA);
    assert.equal(await read('schemaOf', (await foreign.child([stated])).id), zeroHash);
    const { claim, id } = await foreign.child([stated, seed], { schema: OTHER_SCHEMA });
    assert.equal(await read('schemaOf', id), OTHER_SCHEMA);
    assert.equal(await read('schemaOf', idOf(await fixture.trainModel(claim, shard))), OTHER_SCHEMA);
  });

  it('rests on the versions of its own proof and of all its parents', async () => {
    await use('seed', 3);
    const older = await fixture.seedModel(WIDTHS);
    await use('seed', 9);
    await use('train', 5);
    const newer = await fixture.trainModel(await fixture.seedModel(WIDTHS), shard);
    await use('import', 7);
    const { claim, id } = await foreign.child([newer, older]);
    assert.deepEqual(await floorsOf(id), [1n, 3n, 5n, 7n, 0n]);
    assert.equal((await read('node', id)).version, 7n);
    await use('import', 4);
    const next = await foreign.child([claim]);
    assert.deepEqual(await floorsOf(next.id), [1n, 3n, 5n, 4n, 0n]);
    assert.deepEqual(await floorsOf((await foreign.child([imported])).id), [0n, 0n, 0n, 1n, 0n]);
  });

  it('may be of another shape than its parents', async () => {
    const { id } = await foreign.child([seed], { shaped: [9, 2] });
    assert.equal(await read('isForeign', id), true);
  });

  it('is a convolutional network where its parents are, by program convImport', async () => {
    const above = await fixture.importModel(NETWORK);
    await use('convImport', 6);
    const { id, claim } = await foreign.child([above]);
    assert.equal(await read('versionFloor', id, CIRCUITS.convImport), 1n);
    assert.equal((await read('node', id)).version, 6n);
    assert.equal(await read('versionFloor', id, CIRCUITS.import), 0n);
    const again = await foreign.child([claim]);
    assert.equal(await read('isForeign', again.id), true);
  });

  it('takes a share of its trainer and stacks those of all its parents', async () => {
    await fixture.registry.send('chooseShare', [300], fixture.alice);
    const first = await fixture.seedModel(WIDTHS);
    const { id } = await foreign.child([first, seed]);
    assert.deepEqual(await read('creditOf', id), [fixture.alice, 4n, 300n, 600n]);
  });
});

describe('registerForeign reverts', () => {
  const expected = async (child = foreignChild(foreign.program, [seed])) => {
    await foreign.expect(child);
    return child;
  };

  it('with UnsupportedParents for none or more than eight', async () => {
    const child = await expected();
    await reverts(foreign.call({ ...child, parents: [] }), 'UnsupportedParents', [0n]);
    const nine = Array.from({ length: 9 }, () => idOf(seed));
    await reverts(foreign.call({ ...child, parents: nine }), 'UnsupportedParents', [9n]);
  });

  it('with ParentTwice, wherever the second stands', async () => {
    const child = await expected();
    const [a, b] = [idOf(seed), idOf(imported)];
    for (const parents of [
      [a, a],
      [a, b, a],
      [b, a, a],
    ]) {
      await reverts(foreign.call({ ...child, parents }), 'ParentTwice', [a]);
    }
  });

  it('with UnknownModel for a parent that is not registered, the child among them', async () => {
    const child = await expected();
    const unknown = toHex(99, { size: 32 });
    await reverts(foreign.call({ ...child, parents: [idOf(seed), unknown] }), 'UnknownModel', [unknown]);
    await reverts(foreign.call({ ...child, parents: [child.id] }), 'UnknownModel', [child.id]);
  });

  it('with ParentOfOtherKind where a parent is a network and the child is not, or the other way round', async () => {
    const network = await fixture.importModel(NETWORK);
    const child = await expected(foreignChild(foreign.program, [seed, network]));
    await reverts(foreign.call(child), 'ParentOfOtherKind', [idOf(network)]);
    const other = await expected(foreignChild(foreign.program, [seed], { shaped: NETWORK }));
    await reverts(foreign.call(other), 'ParentOfOtherKind', [idOf(seed)]);
  });

  it('with UnknownForeignProgram for a program that nobody added, or one of this project', async () => {
    const child = await expected();
    for (const program of [0n, 4n, NO_PROGRAM, 2n ** 256n - 1n]) {
      await reverts(foreign.call({ ...child, program }), 'UnknownForeignProgram', [program]);
    }
  });

  it('with ForeignProofRejected where the adapter does not accept exactly this, of this trainer, for these parents', async () => {
    const child = await expected();
    const rejected = [foreign.program];
    await reverts(foreign.call({ ...child, foreignProof: '0xf0e1d3' }), 'ForeignProofRejected', rejected);
    await reverts(foreign.call({ ...child, foreignProof: '0x' }), 'ForeignProofRejected', rejected);
    await reverts(foreign.call({ ...child, parents: [idOf(imported)] }), 'ForeignProofRejected', rejected);
    await fixture.expect(child.claim, fixture.bob);
    await reverts(foreign.call(child, fixture.bob), 'ForeignProofRejected', rejected);
    const other = foreignChild(foreign.program, [seed]);
    await fixture.expect(other.claim, fixture.alice);
    await reverts(foreign.call({ ...other, foreignProof: FOREIGN_PROOF }), 'ForeignProofRejected', rejected);
  });

  it('with the error of the adapter where that reverts', async () => {
    const child = foreignChild(foreign.program, [seed]);
    await fixture.expect(child.claim, fixture.alice);
    await foreign.adapter.send('refuseBy', [1]);
    await reverts(foreign.call(child), 'NotProved', [child.id]);
  });

  it('with ProofRejected where the child is not the source of its own proof, or the schema another', async () => {
    const child = foreignChild(foreign.program, [seed]);
    const { claim } = child;
    const elsewhere = { ...claim, statement: { ...claim.statement, source: idOf(seed) } };
    await foreign.expect({ ...child, claim: elsewhere });
    await reverts(foreign.call(child), 'ProofRejected', [4n]);
    const stating = await expected(foreignChild(foreign.program, [seed], { schema: SCHEMA }));
    const { statement } = stating.claim;
    const silent = { ...stating.claim, statement: { ...statement, schema: OTHER_SCHEMA } };
    await reverts(foreign.call({ ...stating, claim: silent }), 'ProofRejected', [4n]);
  });

  it('with ModelExists for a child that stands, by whichever way it came', async () => {
    const child = await foreign.child([seed]);
    await reverts(foreign.call(child), 'ModelExists', [child.id]);
    await reverts(fixture.attempt(child.claim), 'ModelExists', [child.id]);
    const { claim } = foreignChild(foreign.program, [seed]);
    await fixture.submit(claim);
    const again = { ...child, claim, id: idOf(claim) };
    await reverts(foreign.call(again), 'ModelExists', [again.id]);
  });

  it('with WrongPointCount and the errors of the shape as an import does', async () => {
    const child = await expected();
    const statement = { ...child.claim.statement, commitment: [pointOf(), pointOf()] };
    await reverts(foreign.call({ ...child, claim: { ...child.claim, statement } }), 'WrongPointCount', [2n, 1n]);
    const edge = { shape: 1n, schema: zeroHash, program: 0n, parents: [], child: [], foreignProof: '0x' };
    const proof = proofArgument(child.claim.proof);
    await reverts(fixture.registry.simulate('registerForeign', [edge, proof]), 'MalformedShape', [1n]);
  });
});
