import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { readResult } from '../../scripts/chain/readRegistry.ts';
import { makeShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { chainChecksOf } from '../../src/registry/check.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { trainFloatModel } from '../support/float-model.ts';
import { random } from '../training/helpers.ts';

const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];
const ROWS = 16;

/** Rows of two features; the class is the half plane they lie in. */
function points(seed: number) {
  const next = random(seed);
  const features = Float32Array.from({ length: 2 * ROWS }, () => next() * 2 - 1);
  const labels = Array.from({ length: ROWS }, (_, r) => (features[2 * r] + features[2 * r + 1] > 0 ? 1 : 0));
  return { inputs: 2, outputs: 2, features, kind: 'classes' as const, labels };
}

/** A model of another library on its way through the registry, with the real prover, verifiers and node. */
describe('from a float model to a score', () => {
  const { folder, remove } = temporaryFolder();
  const runs = ['--runs', join(folder, 'runs')];
  const run = (...parts: string[]) => join(folder, 'runs', ...parts);
  const source = join(folder, 'float.safetensors');
  const shard = join(folder, 'points.safetensors');
  const test = join(folder, 'test.safetensors');
  const importedModel = run('import', 'model.safetensors');
  const tuned = run('tuned', 'model.safetensors');
  const sibling = run('sibling', 'model.safetensors');
  let node: LocalNode;
  let chain: Chain;
  let deployment: Deployment;
  let env: Record<string, string>;
  const ids: Record<string, `0x${string}`> = {};
  before(async () => {
    const table = points(1);
    const rows = Array.from({ length: ROWS }, (_, r) => table.features.slice(2 * r, 2 * r + 2));
    const trained = trainFloatModel(rows, table.labels, [2, 4, 2]);
    writeFileSync(source, trained.file);
    writeFileSync(shard, writeShard(makeShard(table, { first: 0, rows: ROWS }, 5n)));
    writeFileSync(test, writeShard(makeShard(points(2), { first: 0, rows: 13 }, 6n)));
    node = await startLocalNode();
    chain = await connect(node.rpc);
    deployment = await deployRegistry(node.rpc);
    const { registry, scoreboard } = deployment;
    env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard };
  });
  after(async () => {
    await node.close();
    remove();
  });

  const call = async (...args: string[]) => document(await descent([...args, '--json', ...runs], { env }));

  /** What `verify` says of an edge that nothing speaks against: with development keys, never more than that it holds. */
  async function verify(...args: string[]) {
    const { code, stdout, stderr } = await descent(['verify', ...args, '--json'], { env });
    assert.equal(code, 6, stderr);
    const found = JSON.parse(stdout);
    assert.equal(found.verdict, 'holds');
    return found;
  }

  /** Submits the edges of a result and has a stranger verify them. @returns id of the first */
  async function submit(edges: { file: string; id: `0x${string}` }[], who: string[]): Promise<`0x${string}`> {
    for (const { file, id } of edges) {
      const before = await verify(file);
      assert.equal(before.checks.find(({ about }: { about: string }) => about === 'record').holds, 'open');
      const sent = await call('submit', file, ...who);
      assert.deepEqual([sent.id, sent.sent], [id, true]);
    }
    return edges[0].id;
  }

  it('the data is proved', async () => {
    const { edges } = await call('data', '--shard-file', shard, test, '--run', 'points', ...ALICE);
    ids.shard = await submit(edges, ALICE);
    ids.test = edges[1].id;
  });

  it('a model of another library becomes a declared import', async () => {
    const options = ['--from', source, '--shape', '2-4-2', '--data', shard, '--logits', '1', '--run', 'import'];
    const { edges, onData, tensors, ...imported } = await call('import', ...options, ...ALICE);
    const sha256 = `0x${createHash('sha256').update(readFileSync(source)).digest('hex')}`;
    assert.equal(imported.source, sha256);
    assert.deepEqual(
      tensors.map(({ from }: { from: string }) => from),
      ['0.weight', '0.bias', '2.weight', '2.bias'],
    );
    for (const { max } of tensors) assert.ok(max <= 2 ** -29, `${max}`);
    assert.ok(onData.max < 0.05, `outputs differ by ${onData.max}`);
    assert.ok(onData.same >= ROWS - 1, `${onData.same} answers are the same`);
    ids.import = await submit(edges, ALICE);
    const shown = await call('show', ids.import);
    assert.deepEqual([shown.kind, shown.depth, shown.source], ['import', 0, sha256]);
  });

  it('it is fine-tuned twice, by two people at once', async () => {
    const tune = async (name: string, lr: string, who: string[]) => {
      const options = ['--parent', importedModel, '--shard', shard, '--lr-units', lr, '--batch', '4', '--run', name];
      await call('train', ...options);
      const { edges } = await call('prove', name, ...who);
      ids[name] = await submit(edges, who);
    };
    await Promise.all([tune('tuned', '4', ALICE), tune('sibling', '2', BOB)]);
  });

  it('the two are merged', async () => {
    const options = ['--parents', tuned, sibling, '--average', '3', '1', '--run', 'merged'];
    const { edges, coefficients } = await call('merge', ...options, ...BOB);
    assert.deepEqual(coefficients, [
      [12288, 4096],
      [12288, 4096],
    ]);
    ids.merged = await submit(edges, BOB);
    const shown = await call('show', ids.merged);
    assert.deepEqual(shown.parents, [ids.tuned, ids.sibling]);
    assert.deepEqual(shown.coefficients, ['0.75 0.25', '0.75 0.25']);
    const { nodes } = await call('tree');
    assert.deepEqual(
      nodes.map((n: { kind: string; parent?: string; depth: number }) => [n.kind, n.parent, n.depth]),
      [
        ['import', undefined, 0],
        ['train', ids.import, 1],
        ['train', ids.import, 1],
        ['merge', ids.tuned, 2],
      ],
    );
  });

  it('its result is proved, stored and submitted only once', async () => {
    const options = ['--model', run('merged', 'model.safetensors'), '--shard', test, '--run', 'score'];
    const { edges, right, rows } = await call('score', ...options, ...BOB);
    assert.equal(rows, 13);
    assert.ok(right > 13 / 2 && right <= 13, `${right} of 13 are right`);
    await submit(edges, BOB);
    const stored = await readResult(chain, deployment.scoreboard, ids.merged, ids.test);
    assert.deepEqual([stored?.prover, stored?.value], [developmentAccount(2).address, BigInt(right)]);
    assert.equal(stored?.modelSchema, stored?.shardSchema);
    const copy = join(folder, 'copy.edge.json');
    writeFileSync(copy, readFileSync(edges[0].file));
    assert.equal((await call('submit', copy, ...BOB)).sent, false, 'someone without the journal learns it too');
  });

  it('a score that claims one row more is refused, with exit code 4', async () => {
    const { formatEdge, parseEdge } = await import('../../src/registry/edge.ts');
    const honest = parseEdge(readFileSync(run('score', 'score.edge.json'), 'utf8'));
    assert.ok(honest.statement.program === 'score');
    const forged = join(folder, 'forged.edge.json');
    const statement = { ...honest.statement, result: honest.statement.result + 1n };
    writeFileSync(forged, formatEdge({ ...honest, statement }));
    const seen = await descent(['verify', forged, '--json'], { env });
    assert.equal(seen.code, 4);
    assert.deepEqual(falseOf(JSON.parse(seen.stdout)), ['groth16']);
    const refused = await descent(['submit', forged, ...BOB], { env });
    assert.equal(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, /ProofRejected/);
  });

  it('a stranger verifies all of it by its ids, from the call data on chain', async () => {
    for (const [name, program] of [
      ['shard', 'data'],
      ['import', 'import'],
      ['tuned', 'train'],
      ['sibling', 'train'],
      ['merged', 'merge'],
    ] as const) {
      const { checks, doesNotShow, ...found } = await verify(ids[name]);
      assert.deepEqual([found.program, found.id], [program, ids[name]]);
      for (const { about, holds } of checks) assert.equal(holds, about === 'keys' ? 'open' : true, `${name}: ${about}`);
      assert.deepEqual(
        checks.map(({ about }: { about: string }) => about),
        ['transaction', 'digest', 'signals', 'groth16', 'opening', 'keys', ...chainChecksOf(program)],
      );
      const declared = doesNotShow.some((limit: string) => /declared/.test(limit));
      assert.equal(declared, program !== 'data', `${name} says that the import is declared`);
    }
    const score = await verify(run('score', 'score.edge.json'));
    const record = score.checks.find(({ about }: { about: string }) => about === 'record');
    assert.match(record.says, /The scoreboard accepted this score .* best by now/);
    assert.ok(score.doesNotShow.some((limit: string) => /a prover may leave rows out/.test(limit)));
    assert.match(score.states[0], /^at least \d+ of 13 rows right$/);
    assert.match(score.states.at(-1), /^how many rows of each class are taken for which/);
  });

  it('released weights and rows are what was committed to, and others are not', async () => {
    const merged = run('merged', 'model.safetensors');
    const own = await verify(ids.merged, '--weights', merged);
    assert.deepEqual([own.checks.at(-1).about, own.checks.at(-1).holds], ['weights', true]);
    const trained = await verify(run('tuned', 'train.edge.json'), '--weights', tuned, '--shard', shard);
    assert.deepEqual(
      trained.checks.slice(-2).map(({ about, holds }: { about: string; holds: boolean }) => [about, holds]),
      [
        ['weights', true],
        ['rows', true],
      ],
    );
    await verify(ids.shard, '--shard', shard);
    for (const other of [
      [ids.merged, '--weights', tuned],
      [ids.shard, '--shard', test],
      [run('tuned', 'train.edge.json'), '--shard', test],
    ]) {
      const refused = await descent(['verify', ...other, '--json'], { env });
      assert.equal(refused.code, 4, refused.stderr);
      assert.equal(falseOf(JSON.parse(refused.stdout)).length, 1);
    }
  });

  it('papers about it name the keys that accepted each step, and hold against the registry', async () => {
    const papers = join(folder, 'papers');
    const merged = run('merged', 'model.safetensors');
    const { steps, developmentKeys } = await call('papers', ids.merged, '--weights', merged, '--out', papers);
    assert.deepEqual([steps, developmentKeys], [4, true]);
    const claims = readFileSync(join(papers, 'claims.jsonl'), 'utf8').trimEnd().split('\n');
    for (const { predicate } of claims.map((line) => JSON.parse(line))) {
      const { verificationKey, chainId, registry } = await verify(predicate.model);
      assert.deepEqual(predicate.key, { version: 1, keyHash: verificationKey });
      assert.deepEqual([`${predicate.chainId}`, predicate.registry], [`${chainId}`, registry.toLowerCase()]);
    }
    writeFileSync(join(papers, 'model.safetensors'), readFileSync(merged));
    const { code, stdout, stderr } = await descent(['check', papers, '--json'], { env });
    assert.equal(code, 6, stderr);
    const { checks } = JSON.parse(stdout);
    assert.deepEqual(falseOf({ checks }), []);
    const open = checks.filter(({ holds }: { holds: boolean | 'open' }) => holds === 'open');
    assert.equal(open.length, 1, JSON.stringify(open));
    assert.match(open[0].says, /development keys/);
    assert.equal((await call('find', merged)).model, ids.merged);
    const found = await descent(['find', source, '--json'], { env });
    assert.deepEqual(JSON.parse(found.stdout).declaredSourceOf, [ids.import]);
  });

  it('its trainer gives it a name, which tree and show tell', async () => {
    const cards = ['--cards', deployment.cards];
    const name = 'mixed \u001b[31m points';
    const other = await descent(['card', ids.merged, '--name', name, ...cards, '--account', '1', ...runs], { env });
    assert.equal(other.code, 5);
    assert.match(other.stderr, /NotTheKeyOf/);
    const long = await descent(['card', ids.merged, '--name', 'x'.repeat(65), ...cards, ...BOB, ...runs], { env });
    assert.equal(long.code, 2);
    const shown = 'mixed \\u{1b}[31m points';
    for (const sent of [true, false]) {
      const card = await call('card', ids.merged, '--name', name, '--uri', 'ipfs://x', ...cards, ...BOB);
      assert.deepEqual([card.name, card.uri, card.transaction !== undefined], [shown, 'ipfs://x', sent]);
    }
    const second = await call('card', ids.merged, '--name', 'other', ...cards, ...BOB);
    const first = await call('card', ids.merged, '--name', name, ...cards, ...BOB);
    assert.notEqual(first.transaction, second.transaction);
    assert.equal(first.name, shown, 'what was said before can be said again');
    const { nodes } = await call('tree', ...cards);
    const names = nodes.map((node: { name?: string }) => node.name);
    assert.deepEqual(names, [undefined, undefined, undefined, shown]);
    assert.equal((await call('show', ids.merged, ...cards)).name, shown);
  });

  it('an edge of another registry is false, an id that nobody registered unknown', async () => {
    const edge = run('import', 'import.edge.json');
    const other = await descent(['verify', edge, '--registry', deployment.scoreboard, '--json'], { env });
    assert.equal(other.code, 4);
    assert.deepEqual(falseOf(JSON.parse(other.stdout)), ['contract']);
    const unknown = await descent(['verify', `0x${'00'.repeat(31)}07`], { env });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /knows neither a model nor a shard/);
    const offline = await descent(['verify', edge, '--json']);
    assert.equal(offline.code, 6, offline.stderr);
    assert.ok(JSON.parse(offline.stdout).checks.some(({ says }: { says: string }) => /no chain was asked/.test(says)));
  });
});

/** What a verification found false. */
function falseOf({ checks }: { checks: { about: string; holds: boolean | 'open' }[] }): string[] {
  return checks.filter(({ holds }) => holds === false).map(({ about }) => about);
}
