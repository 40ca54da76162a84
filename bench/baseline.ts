import { compileBaseline, countProducts } from './baseline/compile.ts';
import {
  type BaselineSizes,
  baselineCost,
  committedConstraints,
  segmentConstraints,
  segmentMain,
  spongeConstraints,
  spongeMain,
} from './baseline/instance.ts';
import type { BaselineFigures } from './measurements/baselineProve.ts';
import { NETWORKS } from './proofs.ts';
import { measure } from './support/child.ts';

export interface BaselineResult {
  /** Compiled instances beside what the formula says. */
  compiled: { name: string; compiler: number; formula: number }[];
  /** Constraints by the formula: whatever the rows, and for each row. */
  cost: { network: string; perProof: number; perRow: number }[];
  /** Instances that were proved. */
  proved: ProvedBaseline[];
  /** Of the largest proved instance. */
  secondsPerConstraint: number;
  cpuSecondsPerConstraint: number;
}

export interface ProvedBaseline extends BaselineFigures {
  name: string;
  rows: number;
  formula: number;
  peakMiB: number;
  compileSeconds: number;
  keySeconds: number;
}

/** One step each; they nearly fill the domains of 2^17 and 2^18 rows, so that little of a proof is wasted. */
const PROVED: BaselineSizes[] = [
  { widths: [49, 16, 10], rows: 8, batch: 8 },
  { widths: [49, 32, 10], rows: 8, batch: 8 },
];
/** Compiled without commitments: the larger network with all its weights, which with them is out of the compiler's reach. */
const COUNTED: BaselineSizes[] = [
  { widths: [49, 32, 10], rows: 2, batch: 2 },
  { widths: [784, 128, 10], rows: 1, batch: 1 },
];
const SPONGES = [160, 321];

export async function benchBaseline(say: (text: string) => void): Promise<BaselineResult> {
  const compiled: BaselineResult['compiled'] = [];
  const record = (name: string, compiler: number, formula: number) => {
    compiled.push({ name, compiler, formula });
    if (compiler !== formula) throw new Error(`${name}: the compiler counts ${compiler} constraints, not ${formula}`);
  };
  for (const length of SPONGES) {
    say(`compile a commitment to ${length} elements`);
    const { constraints } = await compileBaseline(`sponge-${length}`, spongeMain(length));
    record(`commitment to ${length} elements`, constraints, spongeConstraints(length));
  }
  for (const sizes of COUNTED) {
    const name = `${networkOf(sizes)} x ${sizes.rows} without commitments`;
    say(`compile ${name}`);
    const count = await countProducts(`segment-${networkOf(sizes)}`, segmentMain(sizes));
    record(name, count, segmentConstraints(sizes));
  }
  const proved: ProvedBaseline[] = [];
  for (const sizes of PROVED) {
    const name = `${networkOf(sizes)} x ${sizes.rows}`;
    say(`compile ${name} and make its key (kept for the next time)`);
    const key = await measure<{ compileSeconds: number; keySeconds: number }>('baselineKey', sizes);
    say(`prove ${name}`);
    const { result, peakMiB } = await measure<BaselineFigures>('baselineProve', sizes);
    const formula = committedConstraints(sizes);
    record(name, result.constraints, formula);
    proved.push({ name, rows: sizes.rows, ...result, ...key.result, formula, peakMiB });
  }
  const largest = proved[proved.length - 1];
  return {
    compiled,
    cost: NETWORKS.map((widths) => ({ network: widths.join('-'), ...baselineCost(widths) })),
    proved,
    secondsPerConstraint: largest.seconds / largest.constraints,
    cpuSecondsPerConstraint: largest.cpuSeconds / largest.constraints,
  };
}

function networkOf({ widths }: BaselineSizes): string {
  return widths.join('-');
}
