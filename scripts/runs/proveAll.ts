import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LocalAccount } from 'viem';
import type { Edge } from '../../src/registry/edge.ts';
import { type EdgeRun, formatRun, isTrainEdge, type TrainEdge } from '../../src/registry/edgeRun.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import type { Chain } from '../chain/client.ts';
import { describeFunds, GAS_AT_MOST, readFunds, requireFunds, runGas, segmentsAtOnce } from '../chain/funds.ts';
import { type Submission, submitEdge, submitRun } from '../chain/submitEdge.ts';
import { writeDurably } from '../files/durable.ts';
import { readEdgeFile } from '../files/models.ts';
import { formatSeconds, type Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { RUN_PROGRAMS } from './programs/table.ts';
import type { ProvedEdge } from './proveRun.ts';
import type { ProverPool } from './proverPool.ts';

/** A run of one statement that is to be proved and registered. */
export interface ProvingStep {
  /** For people, such as `segment 3`. */
  label: string;
  program: Program;
  folder: string;
  /**
   * Of a segment of a training run: whether its model becomes a node of its own. Segments that follow one another are registered
   * together, in one transaction.
   */
  keep?: boolean;
}

export interface ProvedStep extends ProvingStep {
  proof: ProvedEdge;
  submission: Submission;
}

export interface ProvingTools {
  chain: Chain;
  /** The registry, for scores the scoreboard. */
  contract: StatementContext['registry'];
  account: LocalAccount;
  pool: ProverPool;
  output: Output;
}

/**
 * Proves runs side by side and registers them one after the other in their order, in which each must come after what it
 * builds on. Begun again, it proves and sends only what is missing; what stands on chain is looked up each time.
 * @throws the first error in the order of the steps; those before it are registered.
 */
export async function proveAll(steps: readonly ProvingStep[], tools: ProvingTools): Promise<ProvedStep[]> {
  const { chain, contract, account, pool, output } = tools;
  const context: StatementContext = { chainId: BigInt(chain.id), registry: contract, trainer: account.address };
  await checkFunds(steps, tools);
  output.progress.stage(`prove and register ${counted(steps.length, 'statement')}`);
  const registered: ProvedStep[] = [];
  for await (const part of provedParts(steps, { context, pool, output })) {
    const sent = part.segments ? registerSegments(part.segments, tools) : registerStep(part.single, tools);
    registered.push(...(await sent));
  }
  output.progress.done();
  return registered;
}

/**
 * Proves runs side by side for somebody who will send them, and sends nothing.
 * @returns the files to be submitted, in order: an edge file for each step, a run file for the segments of a training run
 */
export async function proveOnly(steps: readonly ProvingStep[], tools: OnlyProving): Promise<string[]> {
  const { output } = tools;
  output.progress.stage(`prove ${counted(steps.length, 'statement')}`);
  const files: string[] = [];
  for await (const part of provedParts(steps, tools)) {
    files.push(part.segments ? writeRun(part.segments).file : part.single.file);
  }
  output.progress.done();
  return files;
}

/** What proving takes where nothing is sent. */
interface OnlyProving extends Pick<ProvingTools, 'pool' | 'output'> {
  context: StatementContext;
}

/** Starts all proofs side by side and shows how far they are; what is proved already takes no time. */
function beginProofs(steps: readonly ProvingStep[], { context, pool, output }: OnlyProving): Promise<ProvedEdge[]>[] {
  const fresh = steps.filter(({ folder, program }) => !existsSync(join(folder, edgeName(program))));
  const progress = new Estimate(fresh, output);
  const proofs = steps.map((step) => pool.prove(step.folder, context, (said) => progress.update(step, said)));
  // Each is awaited in its turn; until then a failure must not end the process.
  for (const [k, proof] of proofs.entries()) proof.then(() => progress.finish(steps[k])).catch(() => undefined);
  return proofs;
}

/** A step that is proved and not yet registered. */
interface Proved<E extends Edge = Edge> {
  step: ProvingStep;
  proof: ProvedEdge;
  edge: E;
  /** The edge file. */
  file: string;
}

/** What is sent at once: one edge, or segments that follow one another, as many as fit into a transaction. */
type Part = { single: Proved; segments?: undefined } | { segments: Proved<TrainEdge>[] };

/** Proves all steps side by side. Their parts come in the order of the steps, each as soon as it is whole. */
async function* provedParts(steps: readonly ProvingStep[], tools: OnlyProving): AsyncGenerator<Part, void> {
  const proofs = beginProofs(steps, tools);
  let segments: Proved<TrainEdge>[] = [];
  for (const [k, step] of steps.entries()) {
    const [proof] = await proofs[k];
    const file = join(step.folder, proof.file);
    const edge = readEdgeFile(file);
    tools.output.note(`  ${step.label}: proved in ${formatSeconds(proof.seconds)} (${k + 1} of ${steps.length})`);
    if (step.keep === undefined) {
      yield { single: { step, proof, edge, file } };
      continue;
    }
    segments.push({ step, proof, edge: requireTrainEdge(edge), file });
    if (steps[k + 1]?.keep !== undefined && segments.length < segmentsAtOnce(segments[0].edge)) continue;
    yield { segments };
    segments = [];
  }
}

async function registerStep(
  { step, proof, edge, file }: Proved,
  { chain, account, output }: ProvingTools,
): Promise<ProvedStep[]> {
  const submission = await submitEdge(chain, account, edge, `${file}.tx`);
  output.note(`  ${step.label}: ${accepted(submission)}`);
  return [{ ...step, proof, submission }];
}

/** Writes the run file of some segments that follow one another, beside their folders, and registers them in one transaction. */
async function registerSegments(
  segments: readonly Proved<TrainEdge>[],
  { chain, account, output }: ProvingTools,
): Promise<ProvedStep[]> {
  const [first, last] = [segments[0].step, segments.at(-1)!.step];
  const { file, run } = writeRun(segments);
  const submission = await submitRun(chain, account, run, `${file}.tx`);
  output.note(`  ${first.label} to ${last.label}: ${accepted(submission)}`);
  return segments.map(({ step, proof }, k) => {
    const { gas, ...rest } = submission;
    const own = { ...rest, id: proof.id, program: 'train' as const, ...(k === segments.length - 1 && { gas }) };
    return { ...step, proof, submission: own };
  });
}

/** The run file of some segments that follow one another, beside their folders. */
function writeRun(segments: readonly Proved<TrainEdge>[]): { file: string; run: EdgeRun } {
  const [first, last] = [segments[0].step.folder, segments.at(-1)!.step.folder];
  const run: EdgeRun = {
    edges: segments.map(({ edge }) => edge),
    keep: segments.map(({ step }, k) => k === segments.length - 1 || step.keep === true),
  };
  const file = join(dirname(first), `${basename(first)}-to-${basename(last)}.run.json`);
  writeDurably(file, formatRun(run));
  return { file, run };
}

function accepted({ sent, gas }: Pick<Submission, 'sent' | 'gas'>): string {
  return sent ? `accepted for ${gas?.toLocaleString('en-US')} gas` : 'was registered before';
}

function requireTrainEdge(edge: Edge): TrainEdge {
  if (isTrainEdge(edge)) return edge;
  throw new TypeError(`a segment is a train edge, not ${edge.statement.program}`);
}

/** Refuses where not even the first edge could be paid for; warns where not all could. */
async function checkFunds(steps: readonly ProvingStep[], { chain, account, output }: ProvingTools): Promise<void> {
  const unsent = steps.filter(({ folder, program }) => !existsSync(join(folder, `${edgeName(program)}.tx`)));
  if (unsent.length === 0) return;
  await requireFunds(chain, account.address, GAS_AT_MOST[unsent[0].program]);
  const single = unsent.filter(({ keep }) => keep === undefined);
  const gas =
    single.reduce((sum, { program }) => sum + GAS_AT_MOST[program], 0) + runGas(unsent.length - single.length);
  const funds = await readFunds(chain, account.address, gas);
  if (funds.held < funds.needed) output.warn(`${describeFunds(funds)} for ${counted(unsent.length, 'edge')}.`);
}

function edgeName(program: Program): string {
  return `${RUN_PROGRAMS[program].firstTask ?? program}.edge.json`;
}

/** How much of the proving is done, by the weight of its steps. */
class Estimate {
  readonly #steps: readonly ProvingStep[];
  readonly #output: Output;
  readonly #done = new Map<ProvingStep, number>();
  readonly #shown = new Map<ProvingStep, string>();

  constructor(steps: readonly ProvingStep[], output: Output) {
    this.#steps = steps;
    this.#output = output;
  }

  update(step: ProvingStep, { fraction, detail }: { fraction: number; detail: string }): void {
    if (this.#done.get(step) === 1) return;
    this.#done.set(step, Math.min(fraction, 0.99));
    this.#shown.set(step, `${step.label} ${detail}`);
    this.#show();
  }

  finish(step: ProvingStep): void {
    this.#done.set(step, 1);
    this.#shown.delete(step);
    this.#show();
  }

  #show(): void {
    const total = this.#steps.reduce((sum, { program }) => sum + RUN_PROGRAMS[program].weight, 0);
    const done = this.#steps.reduce(
      (sum, step) => sum + RUN_PROGRAMS[step.program].weight * (this.#done.get(step) ?? 0),
      0,
    );
    this.#output.progress.update(total === 0 ? 1 : done / total, [...this.#shown.values()].join(', '));
  }
}
