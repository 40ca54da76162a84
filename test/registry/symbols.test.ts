import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { PROGRAM_NAMES, PROGRAMS, type Program } from '../../src/registry/programs/list.ts';
import { publicSignals } from '../../src/registry/statement.ts';
import { publicNames } from '../circuits/signals.ts';

const { outputs: OUTPUTS, digests: DIGESTS } = NUMBERING.shared;
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
  const names = publicNames(program);
  const numbers = names.map((_, i) => BigInt(i));
  const [eta, gamma, theta, gamma2, z, e2] = OUTPUTS.names.map((name) => numbers[OUTPUTS[name]]);
  const parametersAt = OUTPUTS.count + DIGESTS.count;
  const digests = numbers.slice(OUTPUTS.count, parametersAt);
  const all = publicSignals({ eta, gamma, theta, gamma2, z, e2 }, digests, numbers.slice(parametersAt));
  return all.map((number) => `main.${names[Number(number)]}`);
}

describe('public signals', () => {
  for (const program of PROGRAM_NAMES) {
    it(`of program ${program} have the order of the compiled circuit`, () => {
      const expected = namesInOrder(program);
      assert.deepEqual(
        expected,
        publicNames(program).map((name) => `main.${name}`),
      );
      assert.deepEqual(publicSymbols(program, expected.length), expected);
    });
  }

  it('are as many as each r1cs says', () => {
    for (const program of PROGRAM_NAMES) {
      const { outputs, inputs } = publicCounts(program);
      assert.deepEqual([outputs, outputs + inputs], [OUTPUTS.count, NUMBERING[program].signals.count]);
    }
  });

  it('have the order of Statement.sol', () => {
    const source = read('contracts/libraries/Statement.sol');
    const written = [...source.matchAll(/\ball\[(\d+)\] = (?:challenges\.(\w+)|h0|_absorb\(.*points\.(\w+))/g)];
    const names = [...OUTPUTS.names, ...DIGESTS.names];
    assert.equal(written.length, names.length);
    written.forEach(([line, at, challenge, point], i) => {
      assert.equal(Number(at), i, line);
      // the last point that a digest absorbs stands for it; h_0 absorbs none
      const digest = { quotient: 'columns', quotient2: 'columns2' }[point] ?? point ?? 'statement';
      assert.equal(challenge ?? digest, names[i], line);
    });
    const constant = (name: string) => Number(new RegExp(`constant ${name} = (\\d+);`).exec(source)?.[1]);
    assert.equal(constant('FIXED_SIGNALS'), names.length);
    assert.equal(constant('LAST_DIGEST'), OUTPUTS.count + DIGESTS.columns2);
  });

  it('belong to programs with the numbers of circuits.json', () => {
    const { programs } = JSON.parse(read('circuits/circuits.json')) as { programs: { program: string; id: number }[] };
    assert.deepEqual(
      Object.fromEntries(programs.map(({ program, id }) => [program, id])),
      Object.fromEntries(PROGRAM_NAMES.map((program) => [program, PROGRAMS[program].id])),
    );
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
