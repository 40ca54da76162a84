import { readFileSync } from 'node:fs';
import type { ProveFigures, ProveTask } from './measurements/prove.ts';
import { measure } from './support/child.ts';

/** Figures of one proof. */
export interface ProofFigures extends ProveFigures, ProveTask {
  name: string;
  peakMiB: number;
  constraints: number;
  /** Absent for `seed`. */
  secondsPerRow?: number;
}

export const NETWORKS = [
  [49, 32, 10],
  [784, 128, 10],
];
const ROWS = [256, 1024];

/** All measurements, in the order of the edges they prove. */
export function proofTasks(): (ProveTask & { name: string })[] {
  const tasks: ProveTask[] = NETWORKS.flatMap((widths) => [
    { program: 'seed', widths, rows: 0 },
    ...ROWS.map((rows): ProveTask => ({ program: 'data', widths, rows })),
    ...ROWS.map((rows): ProveTask => ({ program: 'train', widths, rows })),
  ]);
  return tasks.map((task) => ({ ...task, name: nameOf(task) }));
}

function nameOf({ program, widths, rows }: ProveTask): string {
  return `${program} ${widths.join('-')}${rows > 0 ? ` x ${rows}` : ''}`;
}

/** Proves once in a process of its own: time by stage, peak memory. */
export async function benchProof(task: ProveTask): Promise<ProofFigures> {
  const { result, peakMiB } = await measure<ProveFigures>('prove', task);
  return {
    name: nameOf(task),
    ...task,
    ...result,
    peakMiB,
    constraints: circuitConstraints(task.program),
    ...(task.rows > 0 && { secondsPerRow: result.seconds / task.rows }),
  };
}

/** As the build recorded it. */
function circuitConstraints(program: string): number {
  const record = new URL(`../build/circuits/${program}/circuit.json`, import.meta.url);
  return JSON.parse(readFileSync(record, 'utf8')).constraints;
}
