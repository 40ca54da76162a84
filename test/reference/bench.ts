// Small circuits around library templates, so that a test can look at what they compute.

import { fileURLToPath } from 'node:url';
import { type BuiltCircuit, compile } from '../../scripts/build/circuits.ts';
import { mod } from './algebra.ts';
import { type Plan, plan, solve } from './determinism.ts';
import { type R1cs, readR1cs, violations } from './r1cs.ts';
import type { Inputs, Value } from './tensors.ts';

const FOLDER = fileURLToPath(new URL('../../build/circuits/templates', import.meta.url));

/** A compiled bench: evaluated by its constraints alone. */
export class Bench {
  readonly circuit: BuiltCircuit;
  readonly r1cs: R1cs;
  readonly #plan: Plan;
  readonly #wire: Map<string, number>;

  private constructor(circuit: BuiltCircuit) {
    this.circuit = circuit;
    this.r1cs = readR1cs(circuit.r1cs, circuit.sym);
    this.#plan = plan(this.r1cs);
    this.#wire = new Map(this.r1cs.names.flatMap((names, wire) => names.map((name): [string, number] => [name, wire])));
  }

  /**
   * @param body template `Bench` and what it includes
   * @throws Error if it does not compile, or if its constraints leave a wire free
   */
  static async of(name: string, body: string): Promise<Bench> {
    const main = `pragma circom 2.2.0;\n${body}\ncomponent main = Bench();\n`;
    const bench = new Bench(await compile({ name, main, folder: `${FOLDER}/${name}`, simplification: '--O1' }));
    // an output that only repeats an input shares its wire, and inputs are counted wrongly: multiply it by an input 1
    const free = bench.#plan.undetermined;
    if (free.length > 0) throw new Error(`${name} leaves free: ${free.slice(0, 5).map((w) => bench.r1cs.names[w])}`);
    return bench;
  }

  /** All wires for these inputs, whether or not they satisfy the constraints. */
  witness(inputs: Inputs): bigint[] {
    const { outputs, publicInputs, privateInputs, names } = this.r1cs;
    const flat = flatten(inputs);
    const values = names.slice(outputs + 1, outputs + 1 + publicInputs + privateInputs).map((own) => {
      const name = own.find((n) => flat.has(n));
      if (!name) throw new Error(`no value for ${own}`);
      return flat.get(name)!;
    });
    return solve(this.r1cs, this.#plan, values);
  }

  /** The witness with some signals set to other values: a forger's. */
  forged(inputs: Inputs, signals: Record<string, bigint>): bigint[] {
    const witness = this.witness(inputs);
    for (const [name, value] of Object.entries(signals)) witness[this.#at(name)] = mod(value);
    return witness;
  }

  accepts(witness: readonly bigint[]): boolean {
    return violations(this.r1cs, witness).length === 0;
  }

  /** The value of a signal, of an array of signals by its name and length. */
  signal(witness: readonly bigint[], name: string): bigint {
    return witness[this.#at(name)];
  }
  array(witness: readonly bigint[], name: string, length: number): bigint[] {
    return Array.from({ length }, (_, i) => this.signal(witness, `${name}[${i}]`));
  }

  #at(name: string): number {
    const wire = this.#wire.get(name);
    if (wire === undefined) throw new Error(`no wire of ${name}`);
    return wire;
  }
}

/** Input signals by their flat names, as in h[3]. */
export function flatten(inputs: Inputs): Map<string, bigint> {
  const out = new Map<string, bigint>();
  const visit = (name: string, v: Value) => {
    if (typeof v === 'bigint') out.set(name, mod(v));
    else
      v.forEach((entry, i) => {
        visit(`${name}[${i}]`, entry);
      });
  };
  for (const [name, v] of Object.entries(inputs)) visit(name, v);
  return out;
}
