import { readFileSync } from 'node:fs';
import {
  type Circuit,
  PROGRAM_NAMES,
  PROGRAMS,
  type Program,
  type Surrounding,
} from '../src/registry/programs/list.ts';
import type { ProveFigures, ProveTask } from './measurements/prove.ts';
import { measure } from './support/child.ts';
import { circuitOfTask } from './support/circuitOfTask.ts';
import { networkOf } from './support/networkOf.ts';

/** Figures of one proof. */
export interface ProofFigures extends Omit<ProveFigures, 'stages'>, ProveTask {
  name: string;
  /** Processor seconds are those of all threads; results before 2026-11-25 have none. */
  stages: { name: string; seconds: number; cpuSeconds?: number }[];
  peakMiB: number;
  constraints: number;
  /** Absent where there are no rows. */
  secondsPerRow?: number;
}

export const NETWORKS = [
  [49, 32, 10],
  [784, 128, 10],
];
/** Logistic regression: one layer on as many rows as a shard has at most. */
const REGRESSIONS: ProveTask[] = [
  { program: 'train', widths: [30, 1], rows: 4096, head: 'sigmoid' },
  { program: 'train', widths: [1024, 2], rows: 4096, head: 'softmax' },
];
/** Pictures: digits, and random ones of 32x32 pixels in three channels. */
const PICTURES: ProveTask[] = [
  '28x28x1-c8k5s2p2-c16k5s2p2-64-10',
  '32x32x3-c16k5s2p2-c32k3s2p1-c64k3s2p1-64-10',
].flatMap((network) =>
  (['data', 'seed', 'train', 'score'] as const).map((program) => ({
    program,
    widths: [],
    network,
    rows: program === 'seed' ? 0 : 1024,
    head: 'softmax',
  })),
);
const ROWS = [256, 1024];
const PARENTS = [2, 8];
/** Of a base and two tasks. */
const SPARSE = ['ties', 'dare_linear'] as const;

/** All measurements of proofs, of every program. */
export function proofTasks(): (ProveTask & { name: string })[] {
  const tasks: ProveTask[] = NETWORKS.flatMap((widths) =>
    PROGRAM_NAMES.flatMap((program): ProveTask[] => {
      if (program === 'merge') {
        const plain = PARENTS.map((parents): ProveTask => ({ program, widths, rows: 0, parents }));
        return [...plain, ...SPARSE.map((sparse): ProveTask => ({ program, widths, rows: 0, parents: 3, sparse }))];
      }
      return takesRows(program) ? ROWS.map((rows) => ({ program, widths, rows })) : [{ program, widths, rows: 0 }];
    }),
  );
  tasks.push(...NETWORKS.map((widths): ProveTask => ({ program: 'train', widths, rows: 1024, head: 'softmax' })));
  // as many rows as two shards have at most
  tasks.push(...NETWORKS.map((widths): ProveTask => ({ program: 'disjoint', widths, rows: 4096 })));
  tasks.push(...REGRESSIONS.flatMap((one) => [one, { ...one, program: 'data' as const }]), ...PICTURES);
  return tasks.map((task) => ({ ...task, name: nameOf(task) }));
}

function takesRows(program: Program): boolean {
  const { registers, asks }: { registers: string; asks: readonly Surrounding[] } = PROGRAMS[program];
  return registers === 'shard' || asks.includes('shard');
}

function nameOf(task: ProveTask): string {
  const { program, rows, parents, head, sparse } = task;
  const size = `${networkOf(task)}${rows > 0 ? ` x ${rows}` : ''}`;
  return `${program} ${size}${parents ? ` of ${parents}` : ''}${sparse ? ` by ${sparse}` : ''}${head ? ` with ${head}` : ''}`;
}

/** Proves once in a process of its own: time by stage, peak memory. */
export async function benchProof(task: ProveTask): Promise<ProofFigures> {
  const { result, peakMiB } = await measure<ProveFigures>('prove', task);
  return {
    name: nameOf(task),
    ...task,
    ...result,
    peakMiB,
    constraints: circuitConstraints(circuitOfTask(task)),
    ...(task.rows > 0 && { secondsPerRow: result.seconds / task.rows }),
  };
}

/** As the build recorded it. */
function circuitConstraints(circuit: Circuit): number {
  const record = new URL(`../build/circuits/${circuit}/circuit.json`, import.meta.url);
  return JSON.parse(readFileSync(record, 'utf8')).constraints;
}
