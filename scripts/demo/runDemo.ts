import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Hex, LocalAccount } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import type { Origin } from '../../src/registry/statement.ts';
import { type Chain, connect } from '../chain/client.ts';
import { developmentAccount } from '../chain/keys.ts';
import type { LocalNode } from '../chain/localNode.ts';
import { type ModelNode, readTree } from '../chain/readRegistry.ts';
import { dataRun } from '../commands/data.ts';
import { seedInputs, seedRun } from '../commands/seed.ts';
import { readEdgeFile, type Submission, submitEdge } from '../commands/submit.ts';
import { loadMnist, type Mnist } from '../data/mnist.ts';
import { deployRegistry } from '../deploy/deploy.ts';
import { readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import type { ProvedEdge } from '../proving/proveRun.ts';
import type { ProverPool } from '../proving/proverPool.ts';
import { writeDurably } from '../runs/durable.ts';
import { type Json, Run, type RunKind } from '../runs/run.ts';
import { type Output, withoutProgress } from '../terminal/output.ts';
import { trainRun } from '../training/trainRun.ts';
import { accuracyOf, testShards } from './accuracy.ts';
import { CAST, EDGES, type Person, SEED, SHARDS, TRAINING, WIDTHS } from './story.ts';

/** One proved and accepted statement of the demo. */
export interface DemoStep {
  key: string;
  kind: RunKind;
  by: Person;
  id: Hex;
  proof: ProvedEdge;
  submission: Submission;
  /** Share of MNIST's test half that the model gets right, for train edges and the seed (after only). */
  accuracy?: { before: number | undefined; after: number };
}

export interface DemoResult {
  chainId: number;
  registry: Hex;
  scoreboard: Hex;
  runs: string;
  rows: number;
  names: Map<string, Person>;
  steps: DemoStep[];
  nodes: ModelNode[];
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

/** Plays the story on a node of its own, which the caller closes. @throws DescentError when any step fails */
export async function runDemo(options: DemoOptions, node: LocalNode): Promise<DemoResult> {
  const begun = performance.now();
  const { output } = options;
  const folder = prepareFolder(options.folder);
  output.progress.stage('start a chain and deploy the registry');
  const chain = await connect(node.rpc);
  const { registry, scoreboard } = await deployRegistry(chain.rpc);
  output.progress.done();

  const stage = new Stage({ ...options, folder }, chain, registry);
  const steps = await stage.play(await loadMnist({ pooled: true }));
  return {
    chainId: chain.id,
    registry,
    scoreboard,
    runs: folder,
    rows: options.rows,
    names: stage.names,
    steps,
    nodes: await readTree(chain, registry, 0n),
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
  after: string[];
  accuracy?: DemoStep['accuracy'];
}

class Stage {
  readonly names: Map<string, Person>;
  readonly #options: DemoOptions;
  readonly #chain: Chain;
  readonly #registry: Hex;
  readonly #accounts: Record<Person, LocalAccount>;
  readonly #accepted = new Map<string, Promise<DemoStep>>();
  readonly #shown = new Map<string, { fraction: number; detail: string }>();
  #finished = 0;
  #transactions: Promise<unknown> = Promise.resolve();

  constructor(options: DemoOptions, chain: Chain, registry: Hex) {
    this.#options = options;
    this.#chain = chain;
    this.#registry = registry;
    this.#accounts = { Alice: developmentAccount(CAST.Alice), Bob: developmentAccount(CAST.Bob) };
    this.names = new Map(
      Object.entries(this.#accounts).map(([name, { address }]) => [address.toLowerCase(), name as Person]),
    );
  }

  /**
   * Data, seed and all training first (seconds), then all proofs side by side: a proof needs weights, not the chain's
   * consent to the step before. Transactions follow in the order of the tree.
   */
  async play(mnist: Mnist): Promise<DemoStep[]> {
    const { rows } = this.#options;
    const { progress } = this.#options.output;
    const output = withoutProgress(this.#options.output);
    const pending: Pending[] = [];
    progress.stage(`make ${SHARDS.length} shards of ${rows} digits`);
    for (const { key, owner, place } of SHARDS) {
      const inputs = { source: 'mnist', set: 'train', transform: 'pool4', offset: place * rows, rows, count: 1 };
      const folder = await this.#run(key, 'data', inputs, async (run) => void (await dataRun(run, inputs, output)));
      pending.push({ key, kind: 'data', by: owner, folder, after: [] });
    }
    progress.stage('draw a seed on chain');
    const context = { chain: this.#chain, registry: this.#registry, account: this.#accounts[SEED.trainer] };
    const folder = await this.#run(SEED.key, 'seed', seedInputs(WIDTHS, context), (run) =>
      seedRun(run, WIDTHS, context, output),
    );
    progress.stage(`train ${EDGES.length} models and test each on ${mnist.test.rows.toLocaleString('en-US')} digits`);
    const tests = testShards(mnist.test);
    const accuracy = new Map([[SEED.key, this.#measure(folder, tests)]]);
    pending.unshift({
      key: SEED.key,
      kind: 'seed',
      by: SEED.trainer,
      folder,
      after: [],
      accuracy: { before: undefined, after: accuracy.get(SEED.key)! },
    });
    for (const { key, trainer, parent, shard } of EDGES) {
      const inputs = {
        ...fileHash('parent', join(this.#options.folder, parent, 'model.safetensors')),
        ...fileHash('shard', join(this.#options.folder, shard, 'shard-0.safetensors')),
        ...TRAINING,
      };
      const folder = await this.#run(key, 'train', inputs, async (run) => void (await trainRun(run, inputs, output)));
      accuracy.set(key, this.#measure(folder, tests));
      const change = { before: accuracy.get(parent)!, after: accuracy.get(key)! };
      pending.push({ key, kind: 'train', by: trainer, folder, after: [parent, shard], accuracy: change });
    }
    return this.#proveAll(pending);
  }

  async #proveAll(pending: Pending[]): Promise<DemoStep[]> {
    const { output } = this.#options;
    output.progress.stage(`prove ${pending.length} statements and register them`);
    for (const step of pending) this.#accepted.set(step.key, this.#proveAndSubmit(step, pending.length));
    try {
      return await Promise.all(this.#accepted.values());
    } finally {
      output.progress.done();
    }
  }

  async #proveAndSubmit(step: Pending, total: number): Promise<DemoStep> {
    const { key, kind, by, folder, after, accuracy } = step;
    const { output, pool } = this.#options;
    const account = this.#accounts[by];
    const origin: Origin = { chainId: BigInt(this.#chain.id), registry: this.#registry, trainer: account.address };
    const [proof] = await pool.prove(folder, origin, (progress) => {
      this.#shown.set(key, progress);
      this.#showProgress(total);
    });
    this.#shown.delete(key);
    await Promise.all(after.map((other) => this.#accepted.get(other)));
    const file = join(folder, proof.file);
    const submission = await this.#inTurn(() => submitEdge(this.#chain, account, readEdgeFile(file), `${file}.tx`));
    this.#finished++;
    output.note(
      `  ${by} ${kind} ${key}: proved in ${proof.seconds.toFixed(1)} s, accepted for ${submission.gas?.toLocaleString('en-US')} gas`,
    );
    this.#showProgress(total);
    return { key, kind, by, id: proof.id, proof, submission, ...(accuracy && { accuracy }) };
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
    work: (run: Run) => Promise<void>,
  ): Promise<string> {
    const run = Run.start(join(this.#options.folder, key), kind, inputs);
    try {
      await work(run);
      return run.folder;
    } finally {
      run.close();
    }
  }

  #measure(folder: string, tests: ReturnType<typeof testShards>): number {
    return accuracyOf(readWeightsFile(join(folder, 'model.safetensors')), tests);
  }
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
