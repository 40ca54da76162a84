import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PROGRAMS, type Program, publicSignals } from '../../src/registry/statement.ts';

// Names of the parameters as the circuits call them (protocol section 2).
const PARAMETERS: Record<Program, string[]> = {
  data: ['shard'],
  seed: ['shape', 'seed'],
  train: ['shape', 'seg'],
  import: ['shape'],
  merge: ['shape', ...[0, 1, 2, 3].map((l) => `coefficients[${l}]`)],
  score: ['shape', 'shard', 'result'],
};
const COUNTS: Record<Program, number> = { data: 13, seed: 14, train: 14, import: 13, merge: 17, score: 15 };
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Names of a compiled circuit's first wires after the constant: its public signals, in order. */
function publicSymbols(program: Program, count: number): string[] {
  const names: string[] = [];
  for (const line of read(`build/circuits/${program}/${program}.sym`).split('\n')) {
    const [, wire, , name] = line.split(',');
    if (Number(wire) >= 1 && Number(wire) <= count) names[Number(wire) - 1] ??= name;
  }
  return names;
}

/** The order that the registry's twin gives them, found by sending numbers through it. */
function namesInOrder(program: Program): string[] {
  const outputs = ['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2'] as const;
  const names = [...outputs, ...[0, 1, 2, 3, 4, 5].map((k) => `h[${k}]`), ...PARAMETERS[program]];
  const numbers = names.map((_, i) => BigInt(i));
  const [eta, gamma, theta, gamma2, z, e2] = numbers;
  const all = publicSignals({ eta, gamma, theta, gamma2, z, e2 }, numbers.slice(6, 12), numbers.slice(12));
  return all.map((number) => `main.${names[Number(number)]}`);
}

describe('public signals', () => {
  for (const program of Object.keys(PROGRAMS) as Program[]) {
    it(`of program ${program} have the order of the compiled circuit`, () => {
      const expected = namesInOrder(program);
      assert.equal(expected.length, COUNTS[program]);
      assert.deepEqual(publicSymbols(program, expected.length), expected);
    });
  }

  it('are as many as each r1cs says', () => {
    for (const program of Object.keys(PROGRAMS) as Program[]) {
      const { outputs, inputs } = publicCounts(program);
      assert.deepEqual([outputs, inputs], [6, 6 + PARAMETERS[program].length]);
    }
  });

  it('belong to programs with the numbers and parameters of circuits.json', () => {
    const { programs } = JSON.parse(read('circuits/circuits.json')) as {
      programs: { program: string; id: number; public: string[] }[];
    };
    for (const [program, id] of Object.entries(PROGRAMS) as [Program, number][]) {
      const entry = programs.find((other) => other.program === program);
      assert.deepEqual(
        [entry?.id, entry?.public],
        [id, ['h', ...new Set(PARAMETERS[program].map((name) => name.replace(/\[.*/, '')))]],
      );
    }
  });
});

/** Numbers of public outputs and inputs in the header of an r1cs file. */
function publicCounts(program: Program): { outputs: number; inputs: number } {
  const bytes = readFileSync(new URL(`../../build/circuits/${program}/${program}.r1cs`, import.meta.url));
  let at = 12;
  for (;;) {
    const type = bytes.readUInt32LE(at);
    const size = Number(bytes.readBigUInt64LE(at + 4));
    at += 12;
    if (type === 1) {
      const fieldSize = bytes.readUInt32LE(at);
      const counts = at + 4 + fieldSize + 4;
      return { outputs: bytes.readUInt32LE(counts), inputs: bytes.readUInt32LE(counts + 4) };
    }
    at += size;
  }
}
