import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { CIRCUIT_NAMES, CIRCUITS, type Circuit } from '../../src/registry/programs/list.ts';
import { circuitSignals } from '../../src/registry/statement.ts';

const { outputs: OUTPUTS, digests: DIGESTS } = NUMBERING.shared;
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Names of a compiled circuit's first wires after the constant: its public signals, in order. */
function publicSymbols(program: Circuit, count: number): string[] {
  const names: string[] = [];
  for (const line of read(`build/circuits/${program}/${program}.sym`).split('\n')) {
    const [, wire, , name] = line.split(',');
    if (Number(wire) >= 1 && Number(wire) <= count) names[Number(wire) - 1] ??= name;
  }
  return names;
}

/** The order that the registry's twin gives the signals, found by sending numbers through it. */
function signalsInOrder(program: Circuit): string[] {
  const { names } = NUMBERING[program].signals;
  const numbers = names.map((_, i) => BigInt(i));
  // b is a number of coordinates: with all eight of them, none is filled up
  const [eta, gamma, theta, gamma2, z, e2, ...coordinates] = numbers.slice(0, OUTPUTS.bits);
  const chunk = [coordinates.pop()!, ...coordinates];
  const parametersAt = OUTPUTS.count + DIGESTS.count;
  const digests = numbers.slice(OUTPUTS.count, parametersAt);
  const all = circuitSignals({ eta, gamma, theta, gamma2, z, e2, chunk }, 8, digests, numbers.slice(parametersAt));
  assert.equal(all[OUTPUTS.bits], 8n);
  return all.map((number, i) => (i === OUTPUTS.bits ? 'bits' : names[Number(number)]));
}

describe('signals', () => {
  for (const program of CIRCUIT_NAMES) {
    it(`of program ${program} have the order of its description`, () => {
      assert.deepEqual(signalsInOrder(program), NUMBERING[program].signals.names);
      assert.deepEqual(NUMBERING[program].signals.names.slice(0, OUTPUTS.count), [...OUTPUTS.names]);
    });

    it(`of program ${program} are folded into the three public ones of the compiled circuit`, () => {
      assert.deepEqual(publicSymbols(program, 3), ['main.c', 'main.v', 'main.fold']);
      assert.deepEqual(publicCounts(program), { outputs: 2, inputs: 1 });
    });
  }

  it('belong to programs with the numbers of circuits.json', () => {
    const { programs } = JSON.parse(read('circuits/circuits.json')) as { programs: { program: string; id: number }[] };
    assert.deepEqual(Object.fromEntries(programs.map(({ program, id }) => [program, id])), CIRCUITS);
  });
});

/** Numbers of public outputs and inputs in the header of an r1cs file. */
function publicCounts(program: Circuit): { outputs: number; inputs: number } {
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
