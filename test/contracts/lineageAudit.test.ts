import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  type Address,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEventLogs,
  type TransactionReceipt,
  zeroAddress,
  zeroHash,
} from 'viem';
import { lineageAuditAbi } from '../../src/generated/abi.ts';
import { recordBytes, recordShape } from '../../src/model/record.ts';
import type { ShardShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { DisjointStatement } from '../../src/registry/programs/disjoint.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import type { SubsetStatement } from '../../src/registry/programs/subset.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { circuitFor, claimOf, resultId } from '../../src/registry/statement.ts';
import { requirePinnedGas } from '../support/gas.ts';
import { AttestationFixture, idOf, type List } from './support/attestations.ts';
import { Contract, reverts } from './support/chain.ts';
import { type Claim, proofOf, type Registered, type RegistryFixture } from './support/registryFixture.ts';

const SHARD: ShardShape = { inputs: 3, outputs: 2, rows: 16, kind: 'classes' };
const [SCHEMA, OTHER] = [`0x${'5c'.repeat(32)}`, `0x${'5d'.repeat(32)}`] as const;
const POINT = 2n ** 200n + 12345n;

let sources: AttestationFixture;
let fixture: RegistryFixture;
let audit: Contract;
const idOfShard = (shard: Registered): Hex => resultId(shard.statement);

before(async () => {
  sources = await AttestationFixture.create();
  fixture = sources.registered;
  const { chain, registry } = fixture;
  const address = await chain.deploy('LineageAudit', [registry.address, sources.attestations.address]);
  audit = new Contract(chain, address, lineageAuditAbi);
});

const shard = (shape: Partial<ShardShape> = {}, schema: Hex = SCHEMA) =>
  fixture.registerShard({ ...SHARD, ...shape }, fixture.alice, schema);

function disjointClaim(first: Registered, second: Registered): Claim<DisjointStatement> {
  const statement: DisjointStatement = {
    program: 'disjoint',
    shard: first.statement.shard,
    shardCommitment: first.statement.commitment,
    other: second.statement.shard,
    otherCommitment: second.statement.commitment,
    record: null,
    point: POINT,
  };
  return { statement, proof: proofOf() };
}

function absentClaim(of: Registered, record: Int32Array): Claim<DisjointStatement> {
  const { statement, proof } = disjointClaim(of, of);
  return { statement: { ...statement, other: recordShape(record), otherCommitment: [], record }, proof };
}

function subsetClaim(of: Registered, sets: Registered[], list: List): Claim<SubsetStatement> {
  const statement: SubsetStatement = {
    program: 'subset',
    shard: of.statement.shard,
    shardCommitment: of.statement.commitment,
    sets: sets.map(({ statement: { shard: shape, commitment } }) => ({ shape, commitment })),
    list,
  };
  return { statement, proof: proofOf() };
}

/** Lets the verifiers accept the claim of this prover. */
function expect({ statement, proof }: Claim, prover: Address) {
  const id = CIRCUITS[circuitFor(statement)];
  return fixture.verifiers.send('expect', [audit.address, prover, id, claimOf(statement), proofArgument(proof)]);
}
async function record(claim: Claim, prover = fixture.alice): Promise<TransactionReceipt> {
  await expect(claim, prover);
  const { functionName, args } = registryCall(claim.statement, claim.proof);
  return audit.send(functionName, args, prover);
}
async function attempt(claim: Claim, prover = fixture.alice): Promise<unknown> {
  await expect(claim, prover);
  const { functionName, args } = registryCall(claim.statement, claim.proof);
  return audit.simulate(functionName, args, prover);
}
const events = ({ logs }: TransactionReceipt) =>
  parseEventLogs({ abi: lineageAuditAbi, logs }).map(({ eventName, args }) => ({ eventName, args }));

describe('two shards without a common row', () => {
  it('are a fact in either order, with its prover, block and key', async () => {
    const [a, b] = [await shard(), await shard({ outputs: 5, rows: 3 })];
    const [first, second] = [a, b].map(idOfShard);
    assert.equal(await audit.read('disjoint', [first, second]), false);
    const receipt = await record(disjointClaim(a, b));
    const prover = fixture.alice;
    assert.deepEqual(events(receipt), [{ eventName: 'DisjointShown', args: { first, second, prover } }]);
    for (const pair of [
      [first, second],
      [second, first],
    ]) {
      assert.equal(await audit.read('disjoint', pair), true);
      const fact = { prover, blockNumber: receipt.blockNumber, version: 1n };
      assert.deepEqual(await audit.read('disjointFact', pair), fact);
    }
    await reverts(attempt(disjointClaim(b, a), fixture.bob), 'AlreadyShown', [second, first]);
  });

  it('are none where the verifiers refuse the proof, or it is of somebody else', async () => {
    const claim = disjointClaim(await shard(), await shard());
    await expect(claim, fixture.bob);
    const { functionName, args } = registryCall(claim.statement, claim.proof);
    await reverts(audit.simulate(functionName, args, fixture.alice), 'ProofRejected', [14n]);
  });

  it('must be registered and state one schema', async () => {
    const [a, silent, other] = [await shard(), await shard({}, zeroHash), await shard({}, OTHER)];
    const [id, silentId, otherId] = [a, silent, other].map(idOfShard);
    const unknown = { ...a, statement: { ...a.statement, commitment: proofOf(1).points.trace } };
    await reverts(attempt(disjointClaim(a, unknown)), 'UnknownShard', [idOfShard(unknown)]);
    await reverts(attempt(disjointClaim(unknown, a)), 'UnknownShard', [idOfShard(unknown)]);
    await reverts(attempt(disjointClaim(a, silent)), 'SchemaNotStated', [silentId]);
    await reverts(attempt(disjointClaim(silent, a)), 'SchemaNotStated', [silentId]);
    await reverts(attempt(disjointClaim(a, other)), 'ShardsOfDifferentSchemas', [id, otherId]);
  });

  it('must have as many inputs', async () => {
    const [a, b] = [await shard(), await shard({ inputs: 4 })];
    await reverts(attempt(disjointClaim(a, b)), 'ShardsOfDifferentFamilies', [idOfShard(a), idOfShard(b)]);
  });
});

describe('a record that is none of the rows', () => {
  const RECORD = Int32Array.of(-(2 ** 15), 2 ** 15 - 1, -1);
  const hash = keccak256(recordBytes(RECORD));

  it('is a fact, evaluated by the contract as the twin does', async () => {
    const of = await shard();
    const receipt = await record(absentClaim(of, RECORD), fixture.bob);
    const args = { shard: idOfShard(of), record: hash, prover: fixture.bob };
    assert.deepEqual(events(receipt), [{ eventName: 'AbsentShown', args }]);
    assert.equal(await audit.read('absent', [idOfShard(of), hash]), true);
    const { prover } = await audit.read('absentFact', [idOfShard(of), hash]);
    assert.equal(prover, fixture.bob);
    await reverts(attempt(absentClaim(of, RECORD)), 'AlreadyShown', [idOfShard(of), hash]);
  });

  it('has two bytes for each input', async () => {
    const claim = absentClaim(await shard(), Int32Array.of(1, 2));
    await reverts(attempt(claim), 'WrongRecordLength', [4n, 6n]);
  });

  it('is of a registered shard that states a schema', async () => {
    const silent = await shard({}, zeroHash);
    await reverts(attempt(absentClaim(silent, RECORD)), 'SchemaNotStated', [idOfShard(silent)]);
  });
});

describe('rows of a dataset', () => {
  let sets: Registered[];
  let list: List;
  before(async () => {
    sets = [await shard(), await shard({ rows: 7 }), await shard()];
    sets.sort((a, b) => (idOfShard(a) < idOfShard(b) ? -1 : 1));
    list = await sources.list(sets.map(idOfShard));
  });

  it('are a fact; whether a source attests them is asked when it matters', async () => {
    const of = await shard({ rows: 5 });
    const [id, dataset] = [idOfShard(of), idOf(list)];
    const source = fixture.bob;
    const receipt = await record(subsetClaim(of, [sets[0], sets[2]], list));
    const args = { shard: id, dataset, prover: fixture.alice };
    assert.deepEqual(events(receipt), [{ eventName: 'SubsetShown', args }]);
    assert.equal(await audit.read('subset', [id, dataset]), true);
    assert.equal((await audit.read('subsetFact', [id, dataset])).version, 1n);
    assert.deepEqual(await audit.read('subsetAttested', [id, dataset, source]), [true, false]);
    await sources.attestations.send('attest', [list, source, 'https://source.example', ''], source);
    assert.deepEqual(await audit.read('subsetAttested', [id, dataset, source]), [true, true]);
    await sources.attestations.send('withdraw', [list, source], source);
    assert.deepEqual(await audit.read('subsetAttested', [id, dataset, source]), [true, false]);
    await reverts(attempt(subsetClaim(of, sets, list)), 'AlreadyShown', [id, dataset]);
  });

  it('are of shards of a registered dataset, in the order of its list', async () => {
    const of = await shard();
    const foreign = await shard();
    const dataset = idOf(list);
    await reverts(attempt(subsetClaim(of, [sets[1], sets[0]], list)), 'NotInDataset', [idOfShard(sets[0]), dataset]);
    await reverts(attempt(subsetClaim(of, [sets[1], sets[1]], list)), 'NotInDataset', [idOfShard(sets[1]), dataset]);
    await reverts(attempt(subsetClaim(of, [foreign], list)), 'NotInDataset', [idOfShard(foreign), dataset]);
    const unknown = { ...list, uri: 'ipfs://other' };
    await reverts(attempt(subsetClaim(of, sets, unknown)), 'UnknownDataset', [idOf(unknown)]);
  });

  it('are looked for in 1 to 16 sets of one schema and family', async () => {
    const of = await shard();
    await reverts(attempt(subsetClaim(of, [], list)), 'WrongSetCount', [0n, 0n]);
    const many = Array.from({ length: 17 }, () => sets[0]);
    await reverts(attempt(subsetClaim(of, many, list)), 'WrongSetCount', [17n, 17n]);
    const [wide, other] = [await shard({ outputs: 3 }), await shard({}, OTHER)];
    await reverts(attempt(subsetClaim(wide, sets, list)), 'ShardsOfDifferentFamilies', [
      idOfShard(wide),
      idOfShard(sets[0]),
    ]);
    await reverts(attempt(subsetClaim(other, sets, list)), 'ShardsOfDifferentSchemas', [
      idOfShard(other),
      idOfShard(sets[0]),
    ]);
  });
});

describe('a lineage beside a benchmark', () => {
  const WIDTHS = [3, 2];
  type Page = { open: { model: Hex; trained: Hex; other: Hex }[]; unread: Hex[]; next: bigint[] };
  const ask = (model: Hex, shards: Hex[], cursor: bigint[] = [], limit = 100n): Promise<Page> =>
    audit.read('decontaminated', [model, shards, cursor, limit]);
  let rows: Registered[];
  let benchmark: Registered[];
  let asked: Hex[];
  let merged: Hex;
  let trained: Hex[];

  before(async () => {
    rows = [await shard(), await shard()];
    benchmark = [await shard(), await shard()];
    asked = benchmark.map(idOfShard);
    const seed = await fixture.seedModel(WIDTHS);
    const base = await fixture.trainModel(seed, rows[0]);
    const left = await fixture.trainModel(base, rows[0]);
    const right = await fixture.trainModel(base, rows[1]);
    trained = [base, left, right].map(({ statement }) => resultId(statement));
    merged = resultId((await fixture.mergeModels([left, right])).statement);
  });

  it('leaves every pair open that no fact speaks of, each ancestor once, the newest first', async () => {
    const page = await ask(merged, asked);
    const [base, left, right] = trained;
    const pairs = [
      [right, rows[1]],
      [left, rows[0]],
      [base, rows[0]],
    ] as const;
    assert.deepEqual(
      page.open,
      pairs.flatMap(([model, of]) => asked.map((other) => ({ model, trained: idOfShard(of), other }))),
    );
    assert.deepEqual([page.unread, page.next], [[], []]);
    const found: Page['open'] = [];
    for (let cursor: bigint[] = [], more = true; more; more = cursor.length > 0) {
      const part = await ask(merged, asked, cursor, 1n);
      found.push(...part.open);
      cursor = part.next;
    }
    assert.deepEqual(found, page.open);
  });

  it('is shown once all pairs are, and not before', async () => {
    const shown = (limit = 100n) => audit.read('isDecontaminated', [merged, asked, limit]);
    for (const own of rows)
      for (const other of benchmark) {
        assert.equal(await shown(), false);
        await record(disjointClaim(other, own));
      }
    assert.deepEqual(await ask(merged, asked), { open: [], unread: [], next: [] });
    assert.equal(await shown(), true);
    assert.equal(await shown(5n), true);
    assert.equal(await shown(4n), false);
    assert.equal(await audit.read('isDecontaminated', [merged, [idOfShard(rows[0])], 100n]), false);
  });

  it('says of imports and foreign children that nothing is shown', async () => {
    const imported = await fixture.importModel(WIDTHS);
    const id = resultId(imported.statement);
    const child = resultId((await fixture.trainModel(imported, rows[0])).statement);
    assert.deepEqual(await ask(child, asked), { open: [], unread: [id], next: [] });
    assert.equal(await audit.read('isDecontaminated', [child, asked, 100n]), false);
  });

  it('is asked the same of a record', async () => {
    const wanted = Int32Array.of(1, 2, 3);
    const hash = keccak256(recordBytes(wanted));
    const [base] = trained;
    const page: Page = await audit.read('neverTrainedOn', [base, hash, [], 100n]);
    assert.deepEqual(page.open, [{ model: base, trained: idOfShard(rows[0]), other: hash }]);
    await record(absentClaim(rows[0], wanted));
    const after: Page = await audit.read('neverTrainedOn', [base, hash, [], 100n]);
    assert.deepEqual(after, { open: [], unread: [], next: [] });
  });

  it('costs what the ancestry takes, however many models strangers register', async () => {
    const data = encodeFunctionData({
      abi: lineageAuditAbi,
      functionName: 'isDecontaminated',
      args: [merged, asked, 2n ** 256n - 1n],
    });
    const gas = () => fixture.chain.read.estimateGas({ to: audit.address, data });
    const before = await gas();
    for (let k = 0; k < 8; k++) await fixture.importModel(WIDTHS);
    assert.equal(await gas(), before);
  });

  it('is none of an unknown model, and of nothing', async () => {
    await reverts(ask(zeroHash, asked), 'UnknownModel', [zeroHash]);
    await reverts(ask(merged, []), 'NothingAsked');
    await reverts(audit.read('isDecontaminated', [merged, [], 9n]), 'NothingAsked');
  });
});

it('the audit costs what is pinned to deploy', async () => {
  const { chain, registry } = fixture;
  const { gas } = await chain.deployed('LineageAudit', [registry.address, sources.attestations.address]);
  requirePinnedGas({ 'deploy LineageAudit': Number(gas) });
});

it('the audit names what it stands on', async () => {
  const { registry, datasets } = fixture;
  assert.equal(await audit.read('registry', []), registry.address);
  assert.equal(await audit.read('datasets', []), datasets.address);
  assert.equal(await audit.read('attestations', []), sources.attestations.address);
  assert.equal((await audit.read('disjointFact', [zeroHash, zeroHash])).prover, zeroAddress);
});
