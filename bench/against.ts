// Two commits in the same run: the same work in a tree of another commit and in this one, by turns, each time in a process
// of its own. Bench/README.md says how to read it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProveFigures, ProveTask } from './measurements/prove.ts';
import { proofTasks } from './proofs.ts';
import { describeMachine, thisMachine } from './results.ts';
import { type Measured, measure, runForDocument, runForText } from './support/child.ts';
import { figure, table } from './support/table.ts';
import { buildTree, ROOT, treeAt } from './support/tree.ts';

/** What one run of some work took. */
interface Sample {
  seconds: number;
  /** Processor time of all threads; absent where it is spread over many processes. */
  cpuSeconds?: number;
  /** Largest resident set; likewise. */
  peakMiB?: number;
  /** Reading keys and powers of tau, not part of `seconds`. */
  openSeconds?: number;
}

/** What is to be reached: times faster, seconds, MiB. */
interface Goal {
  times?: number;
  seconds?: number;
  peakMiB?: number;
}

interface Work {
  name: string;
  goal?: Goal;
  /** Minutes long: done once on each side. */
  long?: boolean;
  /** needs the page of both trees */
  page?: boolean;
  run(tree: string): Promise<Sample>;
}

/** Medians of both sides. */
export interface Comparison {
  name: string;
  before: Sample;
  now: Sample;
  /** `before` over `now` */
  times: number;
  goal?: Goal;
  runs: { before: Sample[]; now: Sample[] };
}

const PEAK_GOAL = 1.7 * 1024;
const PROOF_GOALS: Record<string, Goal> = {
  'train 49-32-10 x 1024': { times: 4, peakMiB: PEAK_GOAL },
  'train 784-128-10 x 1024': { times: 3, peakMiB: PEAK_GOAL },
  'score 784-128-10 x 1024': { times: 3.5, peakMiB: PEAK_GOAL },
};

/** Everything that can be compared. The other commit's own bench/measurements/prove.ts proves there. */
export function allWork(): Work[] {
  const dense = proofTasks().filter(({ network }) => network === undefined);
  const proofs = dense.map(({ name, ...task }): Work => {
    const run = async (tree: string): Promise<Sample> => {
      const args = [
        join(tree, 'bench/measurements/prove.ts'),
        JSON.stringify({ ...task, program: nameIn(tree, task) }),
      ];
      const { result, peakMiB } = await runForDocument<Measured<ProveFigures>>(args, { cwd: tree });
      const { seconds, cpuSeconds, openSeconds } = result;
      return { seconds, cpuSeconds, peakMiB, openSeconds };
    };
    return { name, goal: PROOF_GOALS[name], run };
  });
  const pages = [false, true].map((isolated): Work => {
    const run = async (tree: string) => (await measure<Sample>('page', { tree, isolated })).result;
    const name = `page, train 49-32-10 x 512${isolated ? ', isolated' : ''}`;
    return { name, goal: { times: 2 }, page: true, run };
  });
  return [
    ...proofs,
    { name: 'demo', goal: { seconds: 70 }, long: true, run: runDemo },
    { name: 'digits', goal: { seconds: 200 }, long: true, run: runDigits },
    ...pages,
  ];
}

/** What a tree calls a program: `import` was called `root`. */
function nameIn(tree: string, { program }: ProveTask): string {
  return existsSync(join(tree, 'circuits/programs', `${program}.circom`)) ? program : 'root';
}

/** The demo's sixteen proofs and everything around them. */
async function runDemo(tree: string): Promise<Sample> {
  const runs = mkdtempSync(join(tmpdir(), 'descent-against-'));
  try {
    const args = [join(tree, 'scripts/cli.ts'), 'demo', '--json', '--no-serve', '--runs', runs];
    const { seconds } = await runForDocument<{ seconds: number }>(args, { cwd: tree });
    return { seconds };
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}

/** A whole training run of 784-128-10, by the tree's own script. */
async function runDigits(tree: string): Promise<Sample> {
  const text = await runForText([join(tree, 'bench/digits.ts')], { cwd: tree });
  const seconds = Number(/^\| all +\| +([\d.]+) \|$/m.exec(text)?.[1]);
  if (!(seconds > 0)) throw new Error(`bench/digits.ts of ${tree} printed no row for all of it`);
  return { seconds };
}

export interface AgainstOptions {
  /** a commit, as git knows it */
  against: string;
  /** names of what to compare; undefined for the proofs that have a goal */
  words?: string[];
  /** besides: 'demo', 'digits', 'page' */
  also: string[];
  /** runs on each side, of what is not long */
  runs: number;
  json: boolean;
}

/** Which work the options ask for. */
export function chosenWork({ words, also }: Pick<AgainstOptions, 'words' | 'also'>): Work[] {
  return allWork().filter(
    ({ name }) =>
      (words === undefined ? name in PROOF_GOALS : words.some((word) => name.includes(word))) ||
      also.some((start) => name.startsWith(start)),
  );
}

/** Builds both trees, compares, prints. @throws Error when there is no such commit or something fails */
export async function compareWith(options: AgainstOptions): Promise<void> {
  const { against, runs, json } = options;
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const work = chosenWork(options);
  const { folder, commit } = treeAt(against);
  const page = work.some((one) => one.page);
  say(`builds ${commit.slice(0, 12)} in ${folder}`);
  buildTree(folder, { page });
  if (page) buildTree(ROOT, { page });
  const machine = thisMachine();
  const compared: Comparison[] = [];
  for (const one of work) compared.push(await compare(one, folder, { runs: one.long ? 1 : runs, say }));
  const document = { against: commit, date: new Date().toISOString(), machine, compared };
  const text = `${describeMachine(machine)}, load ${machine.load} before; before: ${commit.slice(0, 12)}\n\n${againstTable(compared)}`;
  process.stdout.write(`${json ? JSON.stringify(document, null, 2) : text}\n`);
}

async function compare(
  { name, goal, run }: Work,
  other: string,
  { runs, say }: { runs: number; say(text: string): void },
): Promise<Comparison> {
  const samples: Comparison['runs'] = { before: [], now: [] };
  for (let k = 1; k <= runs; k++) {
    for (const side of ['before', 'now'] as const) {
      const sample = await run(side === 'before' ? other : ROOT);
      samples[side].push(sample);
      say(`${name}, ${side}, ${k} of ${runs}: ${figure(sample.seconds)} s`);
    }
  }
  const [before, now] = [medians(samples.before), medians(samples.now)];
  return { name, before, now, times: before.seconds / now.seconds, goal, runs: samples };
}

/** Of each figure for itself. */
export function medians(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample): number | undefined => {
    const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
    if (values.length < samples.length) return undefined;
    values.sort((a, b) => a - b);
    const half = values.length >> 1;
    return values.length % 2 === 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  };
  return {
    seconds: of('seconds')!,
    cpuSeconds: of('cpuSeconds'),
    peakMiB: of('peakMiB'),
    openSeconds: of('openSeconds'),
  };
}

/** One row for each comparison; every goal with whether it is reached. */
export function againstTable(compared: readonly Comparison[]): string {
  const cell = (value: number | undefined) => (value === undefined ? '' : figure(value));
  const columns = (key: keyof Sample, { before, now }: Comparison) => [cell(before[key]), cell(now[key])];
  return table(
    ['', 'before s', 'now s', 'times', 'processor s', 'now', 'keys read s', 'now', 'peak MiB', 'now', 'goals'],
    compared.map((one) => [
      one.name,
      ...columns('seconds', one),
      figure(one.times),
      ...columns('cpuSeconds', one),
      ...columns('openSeconds', one),
      ...columns('peakMiB', one),
      goalsOf(one),
    ]),
  );
}

function goalsOf({ goal = {}, now, times }: Comparison): string {
  const reached = (holds: boolean) => (holds ? 'reached' : 'not reached');
  return [
    goal.times !== undefined && `${goal.times} times: ${reached(times >= goal.times)}`,
    goal.seconds !== undefined && `${goal.seconds} s: ${reached(now.seconds <= goal.seconds)}`,
    goal.peakMiB !== undefined && `${figure(goal.peakMiB)} MiB: ${reached(now.peakMiB! <= goal.peakMiB)}`,
  ]
    .filter(Boolean)
    .join(', ');
}
