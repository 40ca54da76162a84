// A program's constraints as a judge that does not stop at the first failure: which checks does an input violate?

import { fileURLToPath } from 'node:url';
import { circuitEntries, compile, mainOf } from '../../scripts/build/circuits.ts';
import { flatten } from './bench.ts';
import { type Plan, plan, solve } from './determinism.ts';
import { type R1cs, readR1cs, violations } from './r1cs.ts';
import type { Inputs } from './tensors.ts';

const FOLDER = fileURLToPath(new URL('../../build/circuits/analysis', import.meta.url));

/** What the wires of a check say it is. */
const KINDS: [string, RegExp][] = [
  ['batch 2', /^secondValue\./],
  [
    'batch',
    /^(zeroChecks|dormantSlot|slots|values|dormant|layers|table|firstValue|value\.(ofRows|forwardTerm)|variables\.dormant)\b/,
  ],
  ['coprime', /^coprime/],
  ['s2', /^finish\.opening\.s2Value\./],
  ['p2', /^finish\.opening\.p2Value\./],
  ['level 2', /^finish\.opening\.rounds\./],
  ['reduction', /^u\[/],
  ['chunk mask', /^chunkMask\[/],
];

export class Analysis {
  readonly r1cs: R1cs;
  readonly plan: Plan;
  readonly #inputs: string[][];
  readonly #names = new Map<number, string>();

  private constructor(r1cs: R1cs) {
    this.r1cs = r1cs;
    this.plan = plan(r1cs);
    const { outputs, publicInputs, privateInputs, names } = r1cs;
    this.#inputs = names.slice(outputs + 1, outputs + 1 + publicInputs + privateInputs);
    for (const i of this.plan.checks) this.#names.set(i, this.#nameOf(i));
  }

  /** Compiles the program with its linear constraints kept, where that is needed. */
  static async of(program: string): Promise<Analysis> {
    const entry = circuitEntries().find((e) => e.program === program)!;
    const source = {
      name: program,
      main: mainOf(entry),
      folder: `${FOLDER}/${program}`,
      simplification: '--O1' as const,
    };
    const { r1cs, sym } = await compile(source);
    return new Analysis(readR1cs(r1cs, sym));
  }

  /** Names of all checks. */
  get checks(): string[] {
    return [...this.#names.values()];
  }

  /** Names of the violated constraints; empty means the circuit accepts. */
  violated(inputs: Inputs): string[] {
    const flat = flatten(inputs);
    const values = this.#inputs.map((own) => {
      const name = own.find((n) => flat.has(n));
      if (!name) throw new Error(`no value for ${own}`);
      return flat.get(name)!;
    });
    return violations(this.r1cs, solve(this.r1cs, this.plan, values)).map((i) => this.#names.get(i) ?? this.#nameOf(i));
  }

  /** What a constraint is: one of KINDS, '0/1 x', 'range x', or the signals it relates. */
  #nameOf(i: number): string {
    const { a, b, c } = this.r1cs.constraints[i];
    const of = (l: ReadonlyMap<number, bigint>) =>
      [...l.keys()]
        .filter((w) => w !== 0)
        .map((w) => this.r1cs.names[w].toSorted((x, y) => x.length - y.length)[0].replace(/^Mask_\d+_\d+\./, 'rows.'));
    const [x, y, z] = [of(a), of(b), of(c)];
    const all = [...x, ...y, ...z];
    if (z.length === 0 && x.length === 1 && y.length === 1)
      return x[0] === y[0] ? `0/1 ${x[0]}` : `${[x[0], y[0]].sort().join(' ')}`;
    const kind = KINDS.find(([, pattern]) => all.some((name) => pattern.test(name)));
    if (kind) return kind[0];
    const word = ['shape', 'seg', 'shard'].find((name) => z.includes(name));
    if (x.length === 0 && word) return `word ${word}`;
    return `${x.length === 0 ? 'sum' : 'product'} ${all.slice(0, 3).join(' ')}`;
  }
}
