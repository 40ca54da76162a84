// A compiled circuit as a judge of circuit inputs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { buildCircuits } from '../../scripts/build/circuits.ts';
import { check } from './check.ts';
import type { Reference } from './run.ts';
import type { Inputs, Value } from './tensors.ts';
import { runCircuit } from './witness.ts';

/** What a test knows of a compiled circuit. */
export interface Judge {
  constraints: number;
  /** @throws AssertionError unless the circuit takes the inputs and outputs what a verifier written apart has */
  accepts: (proof: Reference) => Promise<void>;
  /**
   * @param where file below circuits/, template and text of the constraint that must fail; anywhere where it is left out
   * @throws AssertionError unless the circuit refuses the inputs there
   */
  rejects: (inputs: Inputs, where?: Constraint) => Promise<void>;
  /** c, v, fold */
  outputs: (inputs: Inputs) => Promise<bigint[]>;
}

export interface Constraint {
  file: string;
  template: string;
  text: string;
}

/** Compiles the circuit where that is needed. */
export async function judgeOf(program: string): Promise<Judge> {
  const { wasm, constraints } = (await buildCircuits([program]))[program];
  const outputs = (inputs: Inputs) => runCircuit(wasm, inputs);
  return {
    constraints,
    outputs,
    accepts: async (proof) => {
      assert.deepEqual(proof.violated, { relations: [], relations2: [], claims: [] });
      assert.deepEqual(check(proof), []);
      const { c, v } = proof.outputs;
      assert.deepEqual(await outputs(proof.inputs), [c, v, proof.inputs.fold]);
    },
    rejects: async (inputs, where) => {
      await assert.rejects(
        outputs(inputs),
        where ? new RegExp(`template ${where.template}_\\d+ line: ${lineOf(where)}\\b`) : /Assert Failed/,
      );
    },
  };
}

/** @throws Error unless the text is on exactly one line of the file */
function lineOf({ file, text }: Constraint): number {
  const lines = readFileSync(new URL(`../../circuits/${file}`, import.meta.url), 'utf8').split('\n');
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []));
  if (found.length !== 1) throw new Error(`${file} has ${found.length} lines with ${text}`);
  return found[0];
}

/** Inputs with one field element, picked by a number, changed by 1. */
export function changed(inputs: Inputs, name: string, pick: number): Inputs {
  const change = (v: Value, at: number): Value => {
    if (typeof v === 'bigint') return v + 1n;
    const k = at % v.length;
    return v.map((entry, i) => (i === k ? change(entry, Math.floor(at / v.length)) : entry));
  };
  return { ...inputs, [name]: change(inputs[name], pick) };
}
