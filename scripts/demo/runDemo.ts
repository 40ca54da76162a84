import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Hex, LocalAccount } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { dataRun } from '../actions/dataRun.ts';
import { mergeRun } from '../actions/mergeRun.ts';
import { scoreRun } from '../actions/scoreRun.ts';
import { seedInputs, seedRun } from '../actions/seedRun.ts';
import { trainRun } from '../actions/trainRun.ts';
import { type Chain, connect } from '../chain/client.ts';
import { type Deployment, deployRegistry } from '../chain/deploy.ts';
import { developmentAccount } from '../chain/keys.ts';
import type { LocalNode } from '../chain/localNode.ts';
import { type ModelNode, readTree } from '../chain/readRegistry.ts';
import { readLeaderboard } from '../chain/readScoreboard.ts';
import { type Submission, submitEdge } from '../chain/submitEdge.ts';
import { writeDurably } from '../files/durable.ts';
import { loadMnist, type Mnist } from '../files/mnist.ts';
import { readEdgeFile, readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import type { MergeInputs } from '../runs/programs/merge.ts';
import type { ProvedEdge } from '../runs/proveRun.ts';
import type { ProverPool } from '../runs/proverPool.ts';
import { type Json, Run, type RunKind } from '../runs/run.ts';
import { type Output, withoutProgress } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { accuracyOf, testShards } from './accuracy.ts';
import {
  EDGES,
  MERGE,
  MODELS,
  PEOPLE,
  type Person,
  SEED,
  SHARDS,
  TEST_SHARD,
  TITLES,
  TRAINING,
  WIDTHS,
} from './scenario.ts';
import { nameModel, openBenchmark, rankModel, type Sender } from './transactions.ts';

/** One proved and accepted statement of the demo. */
export interface DemoStep {
  /** Of the scenario; a score has that of its model. */
  key: string;
  kind: RunKind;
  by: Person;
  id: Hex;
  proof: ProvedEdge;
  submission: Submission;
  /** Share of MNIST's test half that the model gets right, and that its parents do; absent for data and scores. */
  accuracy?: Accuracy;
  /** Gas of the entry in the leaderboard, for scores. */
  rankGas?: number;
}

export interface Accuracy {
  before: number[];
  after: number;
}

export interface DemoResult {
  deployment: Deployment;
  runs: string;
  rows: number;
  names: Map<string, Person>;
  steps: DemoStep[];
  nodes: ModelNode[];
  benchmark: Hex;
  /** Best first. */
  leaderboard: { model: Hex; right: number; rows: number }[];
  seconds: number;
}

export interface DemoOptions {
  /** Folder for the demo's run folders; emptied first. */
  folder: string;
  /** Rows of a shard, a power of two. */
  rows: number;
  pool: ProverPool;
  output: Output;
}

/** Plays the scenario on a node of its own, which the caller closes. @throws DescentError when any step fails */
export async function runDemo(options: DemoOptions, node: LocalNode): Promise<DemoResult> {
  const begun = performance.now();
  const { output, rows } = options;
  const folder = prepareFolder(options.folder);
  output.progress.stage('start a chain and deploy the registry');
  const chain = await connect(node.rpc);
  const deployment = await deployRegistry(chain.rpc);
  const { registry, scoreboard } = deployment;
  output.progress.done();

  const stage = new Stage({ ...options, folder }, chain, deployment);
  const { steps, benchmark } = await stage.play(await loadMnist({ pooled: true }));
  const standings = await readLeaderboard(chain, scoreboard, benchmark);
  return {
    deployment,
    runs: folder,
    rows,
    names: stage.names,
    steps,
    nodes: await readTree(chain, registry),
    benchmark,
    leaderboard: standings.map(({ model, value, rows }) => ({ model, right: Number(value), rows })),
    seconds: (performance.now() - begun) / 1000,
  };
}

/** The parts of a step that are still on their way. */
interface Pending {
  key: string;
  kind: RunKind;
  by: Person;
  folder: string;
  /** Keys of what must be accepted on chain first. */
  after: readonly string[];
  accuracy?: Accuracy;
}

class Stage {
  readonly names: Map<string, Person>;
  readonly #options: DemoOptions;
  readonly #chain: Chain;
  readonly #deployment: Deployment;
  readonly #accounts: Record<Person, LocalAccount>;
  readonly #accepted = new Map<string, Promise<DemoStep>>();
  readonly #shown = new Map<string, { fraction: number; detail: string }>();
  /** Where the digits come from. */
  #source = '';
  #benchmark!: Promise<Hex>;
  #finished = 0;
  #transactions: Promise<unknown> = Promise.resolve();

  constructor(options: DemoOptions, chain: Chain, deployment: Deployment) {
    this.#options = options;
    this.#chain = chain;
    this.#deployment = deployment;
    this.#accounts = { Alice: developmentAccount(PEOPLE.Alice), Bob: developmentAccount(PEOPLE.Bob) };
    this.names = new Map(
      Object.entries(this.#accounts).map(([name, { address }]) => [address.toLowerCase(), name as Person]),
    );
  }

  /**
   * Data, seed and all models first (seconds), then all proofs side by side: a proof needs weights, not the chain's
   * consent to the step before. Transactions follow in the order of the tree.
   */
  async play(mnist: Mnist): Promise<{ steps: DemoStep[]; benchmark: Hex }> {
    const { progress } = this.#options.output;
    this.#source = mnist.source;
    progress.stage(`make ${SHARDS.length} shards of ${this.#options.rows} digits`);
    const shards = await this.#makeShards();
    progress.stage('draw a seed on chain');
    const seed = await this.#drawSeed();
    progress.stage(`make ${MODELS.length} models and test each on ${mnist.test.rows.toLocaleString('en-US')} digits`);
    const tests = testShards(mnist.test);
    const accuracies = new Map<string, number>();
    const measured = (step: Pending, parents: readonly string[]): Pending => {
      const after = accuracyOf(readWeightsFile(this.#model(step.key)), tests);
      accuracies.set(step.key, after);
      return { ...step, accuracy: { before: parents.map((parent) => accuracies.get(parent)!), after } };
    };
    const models = [measured(seed, [])];
    for (const edge of EDGES) models.push(measured(await this.#train(edge), [edge.parent]));
    models.push(measured(await this.#merge(), MERGE.parents));
    const scores: Pending[] = [];
    for (const { key, trainer } of MODELS) scores.push(await this.#score(key, trainer));
    return this.#proveAll([...shards, ...models, ...scores]);
  }

  async #makeShards(): Promise<Pending[]> {
    const { rows } = this.#options;
    const pending: Pending[] = [];
    for (const { key, owner, half, place } of SHARDS) {
      const inputs = { source: 'mnist', set: half, transform: 'pool4', offset: place * rows, rows, count: 1 };
      const folder = await this.#run(key, 'data', inputs, (run, output) => dataRun(run, inputs, output));
      pending.push({ key, kind: 'data', by: owner, folder, after: [] });
    }
    return pending;
  }

  async #drawSeed(): Promise<Pending> {
    const { key, trainer } = SEED;
    const { registry } = this.#deployment;
    const context = { chain: this.#chain, registry, account: this.#accounts[trainer] };
    const shape = { widths: WIDTHS, head: 'squared error' } as const;
    const folder = await this.#run(key, 'seed', seedInputs(shape, context), (run, output) =>
      seedRun(run, shape, context, output),
    );
    return { key, kind: 'seed', by: trainer, folder, after: [] };
  }

  async #train({ key, trainer, parent, shard }: (typeof EDGES)[number]): Promise<Pending> {
    const inputs = {
      ...fileHash('parent', this.#model(parent)),
      ...fileHash('shard', this.#shard(shard)),
      ...TRAINING,
      smoothing: 0,
    };
    const folder = await this.#run(key, 'train', inputs, (run, output) => trainRun(run, inputs, output));
    return { key, kind: 'train', by: trainer, folder, after: [parent, shard] };
  }

  async #merge(): Promise<Pending> {
    const { key, trainer, parents } = MERGE;
    const inputs: MergeInputs = {
      parents: parents.map((parent) => fileHash('parent', this.#model(parent))),
      recipe: 'average',
      numbers: parents.map(() => 1),
    };
    const folder = await this.#run(key, 'merge', inputs, (run, output) => mergeRun(run, inputs, output));
    return { key, kind: 'merge', by: trainer, folder, after: parents };
  }

  async #score(key: string, by: Person): Promise<Pending> {
    const inputs = { ...fileHash('model', this.#model(key)), ...fileHash('shard', this.#shard(TEST_SHARD.key)) };
    const folder = await this.#run(scoreOf(key), 'score', inputs, (run, output) => scoreRun(run, inputs, output));
    return { key, kind: 'score', by, folder, after: [key, TEST_SHARD.key] };
  }

  async #proveAll(pending: Pending[]): Promise<{ steps: DemoStep[]; benchmark: Hex }> {
    const { output } = this.#options;
    output.progress.stage(`prove ${counted(pending.length, 'statement')} and register them`);
    for (const step of pending) {
      const name = step.kind === 'score' ? scoreOf(step.key) : step.key;
      this.#accepted.set(name, this.#proveAndSubmit(step, pending.length));
    }
    this.#benchmark = this.#accepted.get(TEST_SHARD.key)!.then(({ id }) => this.#openBenchmark(id));
    try {
      const [benchmark, ...steps] = await Promise.all([this.#benchmark, ...this.#accepted.values()]);
      return { steps, benchmark };
    } finally {
      output.progress.done();
    }
  }

  async #proveAndSubmit(step: Pending, total: number): Promise<DemoStep> {
    const { key, kind, by, folder, after, accuracy } = step;
    const { output, pool } = this.#options;
    const account = this.#accounts[by];
    const { registry, scoreboard } = this.#deployment;
    const context: StatementContext = {
      chainId: BigInt(this.#chain.id),
      registry: kind === 'score' ? scoreboard : registry,
      trainer: account.address,
    };
    const [proof] = await pool.prove(folder, context, (progress) => {
      this.#shown.set(`${kind} ${key}`, progress);
      this.#showProgress(total);
    });
    this.#shown.delete(`${kind} ${key}`);
    await Promise.all(after.map((other) => this.#accepted.get(other)));
    const file = join(folder, proof.file);
    const submission = await this.#inTurn(() => submitEdge(this.#chain, account, readEdgeFile(file), `${file}.tx`));
    const rankGas = kind === 'score' ? await this.#rank(key, by, folder) : undefined;
    if (TITLES.has(key) && kind !== 'score') await this.#name(key, by, folder, proof.id);
    this.#finished++;
    output.note(
      `  ${by} ${kind} ${key}: proved in ${proof.seconds.toFixed(1)} s, accepted for ${submission.gas?.toLocaleString('en-US')} gas`,
    );
    this.#showProgress(total);
    const more = { ...(accuracy && { accuracy }), ...(rankGas && { rankGas }) };
    return { key, kind, by, id: proof.id, proof, submission, ...more };
  }

  #openBenchmark(shard: Hex): Promise<Hex> {
    const first = TEST_SHARD.place * this.#options.rows;
    const uri = `${this.#source}#${TEST_SHARD.half},7x7,rows=${first}-${first + this.#options.rows - 1}`;
    const sender = this.#sender(TEST_SHARD.owner, join(this.#options.folder, TEST_SHARD.key));
    return this.#inTurn(() => openBenchmark(sender, this.#deployment, [shard], uri));
  }

  async #rank(key: string, by: Person, folder: string): Promise<number> {
    const [benchmark, { id }] = await Promise.all([this.#benchmark, this.#accepted.get(key)!]);
    const { scoreboard } = this.#deployment;
    return this.#inTurn(() => rankModel(this.#sender(by, folder), scoreboard, id, benchmark));
  }

  #name(key: string, by: Person, folder: string, id: Hex): Promise<void> {
    return this.#inTurn(() => nameModel(this.#sender(by, folder), this.#deployment.cards, id, TITLES.get(key)!));
  }

  #sender(by: Person, folder: string): Sender {
    return { chain: this.#chain, account: this.#accounts[by], folder };
  }

  /** Transactions one after the other: the nonce of an account is asked for before each. */
  #inTurn<T>(send: () => Promise<T>): Promise<T> {
    const turn = this.#transactions.then(send);
    this.#transactions = turn.catch(() => undefined);
    return turn;
  }

  #showProgress(total: number): void {
    const underWay = [...this.#shown].map(([key, { detail }]) => `${key} ${detail}`).join(', ');
    const partial = [...this.#shown.values()].reduce((sum, { fraction }) => sum + fraction, 0);
    this.#options.output.progress.update((this.#finished + partial) / total, underWay);
  }

  async #run(
    key: string,
    kind: RunKind,
    inputs: { [key: string]: Json },
    work: (run: Run, output: Output) => Promise<unknown>,
  ): Promise<string> {
    const run = Run.start(join(this.#options.folder, key), kind, inputs);
    try {
      await work(run, withoutProgress(this.#options.output));
      return run.folder;
    } finally {
      run.close();
    }
  }

  #model(key: string): string {
    return join(this.#options.folder, key, 'model.safetensors');
  }

  #shard(key: string): string {
    return join(this.#options.folder, key, 'shard-0.safetensors');
  }
}

/** Name of the run that scores a model. */
function scoreOf(key: string): string {
  return `score-${key}`;
}

/** The demo begins anew each time, because its chain does. @throws InputError when the folder is not the demo's own */
function prepareFolder(path: string): string {
  const folder = resolve(path);
  const marker = join(folder, 'demo.json');
  if (existsSync(folder) && !existsSync(marker)) {
    throw new InputError(`${path} exists and is not a folder of the demo.`, { hint: 'Give another --runs.' });
  }
  rmSync(folder, { recursive: true, force: true });
  writeDurably(marker, `${JSON.stringify({ format: 'descent-demo' })}\n`);
  return folder;
}
