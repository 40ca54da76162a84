// What the page shows of recorded inferences and of facts about hidden rows. The verifiers take any proof that they are told of.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Hex, keccak256 } from 'viem';
import { lineageAuditAbi } from '../../src/generated/abi.ts';
import { recordBytes, recordShape } from '../../src/model/record.ts';
import type { ShardShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { DisjointStatement } from '../../src/registry/programs/disjoint.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import type { SubsetStatement } from '../../src/registry/programs/subset.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { circuitFor, claimOf, resultId } from '../../src/registry/statement.ts';
import { short } from '../../web/lib/format.ts';
import { AttestationFixture, idOf, type List } from '../contracts/support/attestations.ts';
import { Boards } from '../contracts/support/boards.ts';
import { Contract } from '../contracts/support/chain.ts';
import { type Claim, inferClaim, type Model, proofOf, type Registered } from '../contracts/support/registryFixture.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { type PageServer, servePage } from './support/server.ts';

const FOLDER = join(process.cwd(), 'build/e2e-facts');
const SHARD: ShardShape = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' };
const SCHEMA: Hex = `0x${'5c'.repeat(32)}`;
const RECORD = Int32Array.from([1, 2, 3, 4]);

let sources: AttestationFixture;
let audit: Contract;
let proxy: NodeProxy;
let server: PageServer;
let shards: Registered[];
let models: Record<'seed' | 'trained' | 'twice', Model>;
let list: List;
let benchmark: Hex;

const idFrom = ({ statement }: { statement: Parameters<typeof resultId>[0] }): Hex => resultId(statement);

/** What a model's page says without its elements, once it says this: the server asks the chain every other second. */
async function page(model: Model, says: RegExp): Promise<string> {
  for (let tries = 0; ; tries++) {
    const html = await (await fetch(`${server.origin}/model/${idFrom(model)}?benchmark=${benchmark}`)).text();
    const text = html.replace(/<script.*?<\/script>/gs, '').replace(/<[^>]*>/g, '');
    if (says.test(text)) return text;
    assert.ok(tries < 20, `the page does not say ${says}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function disjoint(of: Registered, other: Registered | Int32Array): Claim<DisjointStatement> {
  const statement: DisjointStatement = {
    program: 'disjoint',
    shard: of.statement.shard,
    shardCommitment: of.statement.commitment,
    ...(other instanceof Int32Array
      ? { other: recordShape(other), otherCommitment: [], record: other }
      : { other: other.statement.shard, otherCommitment: other.statement.commitment, record: null }),
    point: 12345n,
  };
  return { statement, proof: proofOf() };
}

async function record({ statement, proof }: Claim): Promise<void> {
  const { registered } = sources;
  const id = CIRCUITS[circuitFor(statement)];
  const expected = [audit.address, registered.alice, id, claimOf(statement), proofArgument(proof)];
  await registered.verifiers.send('expect', expected);
  const { functionName, args } = registryCall(statement, proof);
  await audit.send(functionName, args, registered.alice);
}

describe('what was proved of models and hidden rows', () => {
  before(async () => {
    sources = await AttestationFixture.create();
    const { registered, attestations } = sources;
    const { chain, registry, datasets, scoreboard, inferences } = registered;
    audit = new Contract(
      chain,
      await chain.deploy('LineageAudit', [registry.address, attestations.address]),
      lineageAuditAbi,
    );
    shards = [];
    for (let k = 0; k < 3; k++) shards.push(await registered.registerShard(SHARD, registered.alice, SCHEMA));
    const seed = await registered.seedModel([4, 3, 2]);
    const trained = await registered.trainModel(seed, shards[0]);
    models = { seed, trained, twice: await registered.trainModel(trained, shards[1]) };
    list = await sources.list([idFrom(shards[0])]);
    const boards = new Boards(registered);
    benchmark = await boards.open([shards[2]]);
    for (const model of [models.trained, models.twice]) {
      await boards.score(model, shards[2], 3n);
      await boards.rank(model, benchmark);
    }
    proxy = await startNodeProxy((method, params) => chain.request(method, ...params));
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, 'deployment.json');
    const beside = { datasets, scoreboard, inferences, audit, dataAttestations: attestations };
    const addresses = Object.fromEntries(Object.entries(beside).map(([name, { address }]) => [name, address]));
    const place = { chainId: 31337, rpc: proxy.rpc, registry: registry.address, block: 0, ...addresses };
    writeFileSync(file, JSON.stringify(place));
    server = await servePage(file);
  });
  after(async () => {
    await server?.close();
    await proxy?.close();
  });

  it('of outputs: by whom, on which shard, and what is not shown; of another model nothing', async () => {
    const { registered } = sources;
    await page(models.trained, /Nobody has recorded a proved output here/);
    await registered.submit(inferClaim(models.trained, { shard: shards[2] }), registered.bob);
    await registered.submit(inferClaim(models.trained, { inputs: new Int32Array(8), outputs: new Int32Array(4) }));
    const text = await page(models.trained, /2 rows, inputs 0x/);
    assert.match(text, /Recorded outputs2/);
    assert.ok(text.includes(`16 rows, inputs of shard ${short(idFrom(shards[2]), 8, 4)}, outputs 0x`));
    assert.match(text, /does not show where the inputs come from, that the outputs are right/);
    assert.match(await page(models.twice, /Recorded outputs/), /Nobody has recorded a proved output here/);
  });

  it('of rows: what is shown beside a benchmark, and why it is not where a fact is missing', async () => {
    const before = await page(models.twice, /Not shown: no shard of its lineage/);
    assert.match(before, /Reason: no fact speaks of 2 of 2 pairs of shards\./);
    assert.match(before, /were trained on 2 shards\./);
    await record(disjoint(shards[0], shards[2]));
    assert.match(await page(models.twice, /1 of 2 pairs/), /Not shown: /);
    // The parent was trained on the first shard only.
    await page(models.trained, /Shown: no shard of its lineage has a row in common/);
    await record(disjoint(shards[2], shards[1]));
    const after = await page(models.twice, /(?<!Not s)Shown: no shard of its lineage/);
    assert.doesNotMatch(after, /Reason:/);
    assert.match(after, /have no row with the same inputs/);
    const seed = await page(models.seed, /Audits of its training data/);
    assert.match(seed, /Neither it nor an ancestor was trained on a registered shard/);
  });

  it('of a record: from how many of the shards it is absent', async () => {
    const claim = (k: number) => disjoint(shards[k], RECORD);
    await record(claim(0));
    const some = await page(models.twice, /The record with hash/);
    assert.match(some, /none of the rows of 1 of the 2 shards\. Of the others this is not shown\./);
    assert.ok(some.includes(short(keccak256(recordBytes(RECORD)), 8, 4)));
    assert.match(
      await page(models.trained, /The record with hash/),
      /none of the rows of the shard, whatever their labels\./,
    );
    await record(claim(1));
    await page(models.twice, /none of the rows of all 2 shards, whatever their labels\./);
  });

  it('of a part: that all rows of a shard are those of a dataset', async () => {
    const statement: SubsetStatement = {
      program: 'subset',
      shard: shards[1].statement.shard,
      shardCommitment: shards[1].statement.commitment,
      sets: [{ shape: shards[0].statement.shard, commitment: shards[0].statement.commitment }],
      list,
    };
    await record({ statement, proof: proofOf() });
    const text = await page(models.twice, /All rows of shard/);
    assert.ok(text.includes(`are rows of dataset ${short(idOf(list), 8, 4)}`));
    assert.doesNotMatch(await page(models.trained, /Audits of/), /All rows of shard/);
  });

  it('of an import: that nothing is shown of what it was made of', async () => {
    const imported = await sources.registered.importModel([4, 3, 2]);
    const text = await page(imported, /Audits of its training data/);
    assert.match(text, /What 1 model of its lineage was made of is not recorded/);
  });
});
