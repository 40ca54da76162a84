// What columns are said to mean: stated with shards and imports, inherited by models, compared where they meet.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Hex, keccak256, stringToHex, type TransactionReceipt, toHex } from 'viem';
import { requireChainSchema } from '../../scripts/runs/registered.ts';
import { DescentError } from '../../src/errors/DescentError.ts';
import { encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { ascending } from '../../src/registry/ids.ts';
import { MIXED_SCHEMA, NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import {
  dataClaim,
  importClaim,
  type Model,
  type Registered,
  RegistryFixture,
  scoreClaim,
  secretOf,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
/** Schemas are any 32 bytes, at and above the order of the field too. */
const CATS: Hex = `0x${'ff'.repeat(32)}`;
const FOXES: Hex = toHex(1n, { size: 32 });
const [NOT_STATED, SAME, DIFFERENT] = [0, 1, 2];
const [DATA, SEED, TRAIN, IMPORT] = [1n, 2n, 3n, 4n];

let fixture: RegistryFixture;
/** Shards whose columns mean cats, foxes, and what nobody stated. */
let cats: Registered;
let foxes: Registered;
let plain: Registered;
let seed: Model;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  cats = await fixture.registerShard(SHARD, fixture.alice, CATS);
  foxes = await fixture.registerShard(SHARD, fixture.alice, FOXES);
  plain = await fixture.registerShard(SHARD);
  seed = await fixture.seedModel(WIDTHS);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const schemaOf = ({ statement }: { statement: Model['statement'] }): Promise<Hex> =>
  fixture.registry.read('schemaOf', [resultId(statement)]);

const changesIn = (receipt: TransactionReceipt) =>
  fixture.events(receipt).filter(({ eventName }) => eventName === 'SchemaChanged');

describe('the schema of a shard', () => {
  it('is recorded with it and said in its event', async () => {
    const claim = dataClaim(SHARD, CATS);
    const id = resultId(claim.statement);
    const { commitment } = claim.statement;
    const args = { id, owner: fixture.alice, descriptor: encodeShard(SHARD), schema: CATS, commitment };
    assert.deepEqual(fixture.events(await fixture.submit(claim)), [{ eventName: 'ShardRegistered', args }]);
    assert.equal((await fixture.registry.read('shard', [id])).schema, CATS);
  });

  it('is bound by the proof: another one is refused with ProofRejected', async () => {
    const claim = dataClaim(SHARD, CATS);
    await fixture.expect(claim, fixture.alice);
    for (const schema of [FOXES, NO_SCHEMA]) {
      const other = { ...claim, statement: { ...claim.statement, schema } };
      await reverts(fixture.call(other), 'ProofRejected', [DATA]);
    }
  });

  it('is fixed with the first registration: ShardExists for the same shard with another', async () => {
    const claim = { ...cats, statement: { ...cats.statement, schema: FOXES } };
    await reverts(fixture.attempt(claim, fixture.bob), 'ShardExists', [resultId(cats.statement)]);
  });
});

describe('the schema of a dataset', () => {
  const register = (...shards: Registered[]) =>
    fixture.datasets.simulate('registerDataset', [ascending(shards.map((s) => resultId(s.statement))), 'ipfs://']);

  it('is that of all of its shards', async () => {
    await register(cats, await fixture.registerShard({ ...SHARD, rows: 9 }, fixture.bob, CATS));
    await register(plain, await fixture.registerShard(SHARD));
  });

  it('reverts with ShardsOfDifferentSchemas where two differ, stated or not', async () => {
    for (const other of [foxes, plain]) {
      const [first, second] = ascending([cats, other].map(({ statement }) => resultId(statement)));
      await reverts(register(cats, other), 'ShardsOfDifferentSchemas', [first, second]);
    }
  });

  it('is looked at behind the second shard too', async () => {
    const more = [cats, await fixture.registerShard(SHARD, fixture.alice, CATS), foxes];
    const ids = ascending(more.map(({ statement }) => resultId(statement)));
    const first = ids[0];
    const odd = first === resultId(foxes.statement) ? ids[1] : resultId(foxes.statement);
    await reverts(register(...more), 'ShardsOfDifferentSchemas', [first, odd]);
  });
});

describe('the schema of a model', () => {
  it('is zero for a seed and for what is no model', async () => {
    assert.equal(await schemaOf(seed), NO_SCHEMA);
    assert.equal(await schemaOf(importClaim(WIDTHS, CATS, CATS)), NO_SCHEMA);
  });

  it('is the one that was stated for an import, or zero', async () => {
    assert.equal(await schemaOf(await fixture.importModel(WIDTHS, undefined, CATS)), CATS);
    assert.equal(await schemaOf(await fixture.importModel(WIDTHS)), NO_SCHEMA);
  });

  it('is bound by the proof of an import: another one is refused with ProofRejected', async () => {
    const claim = importClaim(WIDTHS, FOXES, CATS);
    await fixture.expect(claim, fixture.alice);
    const { statement } = claim;
    for (const said of [{ schema: FOXES }, { schema: NO_SCHEMA }, { source: CATS, schema: FOXES }]) {
      await reverts(fixture.call({ ...claim, statement: { ...statement, ...said } }), 'ProofRejected', [IMPORT]);
    }
  });

  it('is that of the shard after training, without a change where the parent has none', async () => {
    const claim = trainClaim(seed, cats);
    assert.deepEqual(changesIn(await fixture.submit(claim)), []);
    assert.equal(await schemaOf(claim), CATS);
  });

  it('is that of the parent after training on a shard that has none', async () => {
    const parent = await fixture.trainModel(seed, cats);
    const child = trainClaim(parent, plain);
    assert.deepEqual(changesIn(await fixture.submit(child)), []);
    assert.equal(await schemaOf(child), CATS);
    assert.equal(await schemaOf(await fixture.trainModel(seed, plain)), NO_SCHEMA);
  });

  it('stays the same without a change where parent and shard have the same', async () => {
    const child = trainClaim(await fixture.trainModel(seed, cats), cats);
    assert.deepEqual(changesIn(await fixture.submit(child)), []);
    assert.equal(await schemaOf(child), CATS);
  });

  it('is that of the shard where the parent has another, and SchemaChanged says so', async () => {
    const child = trainClaim(await fixture.trainModel(seed, cats), foxes);
    const receipt = await fixture.submit(child);
    const args = { child: resultId(child.statement), from: CATS, to: FOXES };
    assert.deepEqual(changesIn(receipt), [{ eventName: 'SchemaChanged', args }]);
    assert.equal(await schemaOf(child), FOXES);
  });

  it('is the common one of a merge, parents without one aside', async () => {
    const [one, two] = [await fixture.trainModel(seed, cats), await fixture.trainModel(seed, cats)];
    assert.equal(await schemaOf(await fixture.mergeModels([one, two])), CATS);
    assert.equal(await schemaOf(await fixture.mergeModels([seed, one])), CATS);
    assert.equal(await schemaOf(await fixture.mergeModels([two, seed])), CATS);
    assert.equal(await schemaOf(await fixture.mergeModels([seed, await fixture.trainModel(seed, plain)])), NO_SCHEMA);
  });

  it('is keccak256("descent.schema.mixed") of a merge in which two differ, and stays so until it is trained', async () => {
    const [one, two] = [await fixture.trainModel(seed, cats), await fixture.trainModel(seed, foxes)];
    const mixed = await fixture.mergeModels([one, seed, two]);
    assert.equal(MIXED_SCHEMA, keccak256(stringToHex('descent.schema.mixed')));
    assert.equal(await schemaOf(mixed), MIXED_SCHEMA);
    assert.equal(await schemaOf(await fixture.mergeModels([one, mixed])), MIXED_SCHEMA);
    assert.equal(await schemaOf(await fixture.trainModel(mixed, plain)), MIXED_SCHEMA);
    const trained = trainClaim(mixed, cats);
    const args = { child: resultId(trained.statement), from: MIXED_SCHEMA, to: CATS };
    assert.deepEqual(changesIn(await fixture.submit(trained)), [{ eventName: 'SchemaChanged', args }]);
    assert.equal(await schemaOf(trained), CATS);
  });
});

describe('a result', () => {
  it('names the schemas of model and shard, in the event and when it is read', async () => {
    const model = await fixture.trainModel(seed, cats);
    for (const [shard, shardSchema, compared] of [
      [cats, CATS, SAME],
      [foxes, FOXES, DIFFERENT],
      [plain, NO_SCHEMA, NOT_STATED],
    ] as const) {
      // biome-ignore format: pairs
      const claim = scoreClaim(model, shard, 7n);
      const [{ args }] = fixture.events(await fixture.submit(claim, fixture.bob));
      const ids = { model: resultId(model.statement), shard: resultId(shard.statement) };
      const schemas = { modelSchema: CATS, shardSchema };
      assert.deepEqual(args, { ...ids, prover: fixture.bob, result: 7n, rows: 16n, ...schemas });
      const read = await fixture.scoreboard.read('resultOf', [ids.model, ids.shard]);
      assert.deepEqual(read, { prover: fixture.bob, value: 7n, ...schemas, schemas: compared });
    }
  });

  it('that was not proved has no schemas, though model and shard have', async () => {
    const model = await fixture.trainModel(seed, cats);
    const read = await fixture.scoreboard.read('resultOf', [resultId(model.statement), resultId(cats.statement)]);
    assert.deepEqual([read.value, read.modelSchema, read.shardSchema], [0n, NO_SCHEMA, NO_SCHEMA]);
  });
});

describe('what only the contract reads', () => {
  it('reverts with ProofRejected when a seed is registered for another request than was proved', async () => {
    const draw = () => fixture.requestSeed(WIDTHS, fixture.alice, secretOf(1n));
    const [first, second] = [await draw(), await draw()];
    await fixture.chain.mine(2);
    const claim = await fixture.seedClaim(first, WIDTHS);
    await fixture.expect(claim, fixture.alice);
    // The seed is the request's own; that the number is bound beside it shows only where the twin is told another number.
    const other = { ...claim, statement: { ...claim.statement, requestId: second } };
    await reverts(fixture.call(other), 'ProofRejected', [SEED]);
    const told = { ...claim, statement: { ...claim.statement, requestId: second } };
    await fixture.verifiers.send('forget');
    await fixture.expect(told, fixture.alice);
    await reverts(fixture.call(claim), 'ProofRejected', [SEED]);
  });

  it('reverts with ProofRejected when a training was proved for a shard of another kind', async () => {
    // Rows, offsets and commitment are the same: seg does not tell them apart.
    const numbers = { ...plain.statement, shard: { ...SHARD, kind: 'regression' as const } };
    await fixture.submit({ statement: numbers, proof: plain.proof });
    const claim = trainClaim(seed as Model, plain);
    await fixture.expect(claim, fixture.alice);
    const other = { ...claim, statement: { ...claim.statement, shard: numbers.shard } };
    await reverts(fixture.call(other), 'ProofRejected', [TRAIN]);
    await fixture.submit(claim);
  });
});

describe('what the command line asks before it proves or ranks', () => {
  const ask = (model: Model, shard: Registered) => {
    const chain = { client: fixture.chain.read, id: fixture.chain.id, rpc: 'in memory' };
    const named = ({ statement }: Model | Registered, file: string) => ({ id: resultId(statement), file });
    const pair = { model: named(model, 'model.safetensors'), shard: named(shard, 'shard.safetensors') };
    return requireChainSchema(chain, fixture.registry.address, pair);
  };
  const refused = (model: Model, shard: Registered, details: RegExp) =>
    assert.rejects(ask(model, shard), (error: unknown) => {
      assert.ok(error instanceof DescentError, String(error));
      assert.deepEqual([error.code, error.exitCode], ['OTHER_SCHEMA', 5]);
      assert.match(error.message, /another schema for model\.safetensors than for the rows of shard\.safetensors/);
      assert.match(`${error.hint}`, /--like .*--other-schema/);
      assert.match(`${error.details}`, details);
      return true;
    });

  it('passes where both have one schema, or one of them has none', async () => {
    const model = await fixture.trainModel(seed, cats);
    await ask(model, cats);
    await ask(model, plain);
    await ask(seed, cats);
    await ask(await fixture.trainModel(seed, plain), foxes);
  });

  it('is refused where the registry has two, whatever the files say, and for a merge of two', async () => {
    const [one, other] = [await fixture.trainModel(seed, cats), await fixture.trainModel(seed, foxes)];
    await refused(one, foxes, new RegExp(`of the model is ${CATS}, that of the rows ${FOXES}`));
    await refused(other, cats, new RegExp(`of the model is ${FOXES}, that of the rows ${CATS}`));
    const mixed = await fixture.mergeModels([one, other]);
    for (const shard of [cats, foxes]) await refused(mixed, shard, /a merge of lines .* different schemas/);
  });
});
