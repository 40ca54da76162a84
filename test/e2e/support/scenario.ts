// What happens on the chain before the page is looked at.
import { encodeAbiParameters, type Hex, parseEther, zeroAddress } from 'viem';
import type { Edge } from '../../../src/registry/edge.ts';
import { datasetId } from '../../../src/registry/ids.ts';
import type { Ledger, Person } from './ledger.ts';
import type { Made, ProvingFixture } from './provingFixture.ts';

/** Something proved: its id and its edge file. */
export interface Proved {
  id: Hex;
  file: string;
}

/** Survives JSON. */
export interface Scenario {
  seed: Proved;
  /** registered models in their order; the seed is the first */
  models: Proved[];
  /** shards trained on */
  shards: Hex[];
  /** on which four models are ranked that never saw its rows, the last one a softmax */
  benchmark: Hex;
  /** Bob's own training shard, opened as a benchmark: one ranked model has not seen it, one was trained on it */
  seen: Hex;
  /** proved by Bob, not registered */
  waiting: Proved;
  /** proved by Bob on top of it, not registered either */
  next: Proved;
  /** the same two and one more, of two passes, as a run that keeps the second model and the last one */
  run: { ids: Hex[]; file: string };
}

const ROWS = 64;
/** What Alice takes of everything that descendants of her models are paid, in 1/10,000. */
const SHARE = 500n;
/** Where the dataset says that it can be read about. */
export const URI = 'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi';
const TEST_URI = 'https://example.org/digits/test';
/** What Bob calls his own training rows. */
export const SEEN_URI = 'https://example.org/digits/test, the real one';

/** What Alice calls the first model that she trained. */
export const CARD = { name: 'Digits, first steps', uri: 'https://example.org/digits/first' };
/** Alice's name on the stand-in for ENS. */
export const ENS_NAME = 'alice.eth';

/** Alice seeds and trains, Bob goes on from her models; two of Bob's edges are left for the tests to submit. */
export async function playScenario(fixture: ProvingFixture): Promise<Scenario> {
  const { alice, bob } = fixture;
  await fixture.chooseShare(alice, SHARE);
  const shards: { shard: Awaited<ReturnType<ProvingFixture['digits']>>; edge: Edge; id: Hex }[] = [];
  for (const [k, by] of [alice, alice, bob].entries()) {
    const shard = await fixture.digits(k, ROWS);
    const made = await fixture.proveShard(by, shard, `shard-${k}`);
    await fixture.submit(by, made.edge);
    shards.push({ shard, ...made });
  }
  const ids = shards.map(({ id }) => id);
  await fixture.listDataset(alice, ids, URI);
  const seed = await fixture.makeSeed(alice, 'start');
  await fixture.submit(alice, seed.edge);
  const models = [seed];
  const register = async (by: Person, parent: Made, shard: number, name: string, lr?: number) => {
    const made = await fixture.train(by, parent.weights, shards[shard].shard, name, { ...(lr && { lr }) });
    await fixture.submit(by, made.edge);
    models.push(made);
    return made;
  };
  const first = await register(alice, seed, 0, 'first');
  const second = await register(alice, first, 1, 'second');
  const tuned = await register(bob, second, 2, 'tuned');
  const branch = await register(bob, first, 2, 'branch');
  // alike siblings, which the tree draws as one
  for (const lr of [128, 192, 320]) await register(bob, seed, 2, `rate-${lr}`, lr);
  const imported = await fixture.makeImport(bob, 'imported');
  const merged = await fixture.merge(alice, [tuned.weights, branch.weights], 'merged');
  const softmax = await fixture.importSoftmax(bob, 'softmax');
  for (const [by, made] of [
    [bob, imported],
    [alice, merged],
    [bob, softmax],
  ] as const) {
    await fixture.submit(by, made.edge);
    models.push(made);
  }
  const benchmark = await rankSome(fixture, [first, tuned, merged, softmax]);
  const seen = await rankOnSeen(fixture, shards[2], [first, tuned]);
  const waiting = await fixture.train(bob, second.weights, shards[0].shard, 'waiting');
  const next = await fixture.train(bob, waiting.weights, shards[1].shard, 'next');
  const last = await fixture.train(bob, next.weights, shards[0].shard, 'last', { passes: 2 });
  const steps = [waiting, next, last];
  const run = fixture.writeRun(
    steps.map(({ edge }) => edge),
    [false, true, true],
    'three',
  );
  const scenario = {
    seed: told(seed),
    models: models.map(told),
    shards: ids,
    benchmark,
    seen,
    waiting: told(waiting),
    next: told(next),
    run: { ids: steps.map(({ id }) => id), file: run },
  };
  await embellish(fixture, scenario);
  return scenario;
}

/** What can be said and paid without a proof: names, credit, a sealed benchmark. */
export async function embellish(
  ledger: Ledger,
  { models, shards }: Pick<Scenario, 'models' | 'shards'>,
): Promise<void> {
  const { alice, bob, place } = ledger;
  const [, first, , tuned, branch] = models;
  await ledger.writeCard(alice, first.id, CARD.name, CARD.uri);
  await ledger.writeCard(bob, branch.id, 'A branch with a name that is as long as a card allows it, by far', '');
  await ledger.pay(bob, first.id, parseEther('1.5'));
  await ledger.pay(bob, first.id, parseEther('0.25'));
  await ledger.pay(alice, tuned.id, parseEther('1'));
  await ledger.sealBenchmark(bob, datasetId(bob.account.address, [...shards].sort(), 'sealed'), 100_000n);
  await ledger.answerAlways(
    place.ens,
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'address' }, { type: 'address' }],
      [ENS_NAME, zeroAddress, zeroAddress],
    ),
  );
}

function told({ id, file }: Made): Proved {
  return { id, file };
}

/** Makes a shard that was trained on a benchmark, as anyone can. */
async function rankOnSeen(
  fixture: ProvingFixture,
  { shard, id }: { shard: Awaited<ReturnType<ProvingFixture['digits']>>; id: Hex },
  models: readonly Made[],
): Promise<Hex> {
  const { bob } = fixture;
  await fixture.listDataset(bob, [id], SEEN_URI);
  const benchmark = await fixture.openBenchmark(bob, [id], SEEN_URI);
  for (const made of models) {
    const { edge } = await fixture.score(bob, made.weights, shard, `seen-${made.id.slice(2, 8)}`);
    await fixture.submit(bob, edge);
    await fixture.rank(bob, made.id, benchmark);
  }
  return benchmark;
}

/** Proves what some models get right of rows that none of them saw. */
async function rankSome(fixture: ProvingFixture, models: readonly Made[]): Promise<Hex> {
  const { alice } = fixture;
  const shard = await fixture.digits(9, ROWS);
  const made = await fixture.proveShard(alice, shard, 'test-shard');
  await fixture.submit(alice, made.edge);
  await fixture.listDataset(alice, [made.id], TEST_URI);
  const benchmark = await fixture.openBenchmark(alice, [made.id], TEST_URI);
  for (const { id, weights } of models) {
    const { edge } = await fixture.score(alice, weights, shard, `score-${id.slice(2, 8)}`);
    await fixture.submit(alice, edge);
    await fixture.rank(alice, id, benchmark);
  }
  return benchmark;
}
