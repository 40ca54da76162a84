// A constraint system as the compiler wrote it: parsing, evaluation, and which wires its constraints determine.

import { readFileSync } from 'node:fs';
import { mod, ORDER } from './algebra.ts';

/** A linear combination: wire -> coefficient, wire 0 is the constant 1. */
export type Linear = ReadonlyMap<number, bigint>;

export interface Constraint {
  a: Linear;
  b: Linear;
  c: Linear;
}

export interface R1cs {
  wires: number;
  outputs: number;
  publicInputs: number;
  privateInputs: number;
  constraints: Constraint[];
  /** signal names of each wire, without `main.` */
  names: string[][];
  /** names of input signals that simplification replaced by other wires */
  replaced: string[];
}

/** Reads the r1cs (format version 1) and sym files of a circuit. */
export function readR1cs(path: string, symPath: string): R1cs {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 4) !== 'r1cs') throw new Error(`${path} is no r1cs file`);
  const sections = new Map<number, number>();
  let at = 12;
  for (let i = file.readUInt32LE(8); i > 0; i--) {
    sections.set(file.readUInt32LE(at), at + 12);
    at += 12 + Number(file.readBigUInt64LE(at + 4));
  }
  const word = (from: number, bytes: number) =>
    BigInt(
      `0x${Buffer.from(file.subarray(from, from + bytes))
        .reverse()
        .toString('hex')}`,
    );
  const head = sections.get(1)!;
  const bytes = file.readUInt32LE(head);
  if (word(head + 4, bytes) !== ORDER) throw new Error(`${path} is over another field`);
  const counts = [0, 1, 2, 3].map((i) => file.readUInt32LE(head + 4 + bytes + 4 * i));
  const total = file.readUInt32LE(head + 4 + bytes + 24);
  at = sections.get(2)!;
  const coefficients = new Map<string, bigint>();
  const linear = (): Linear => {
    const out = new Map<number, bigint>();
    const n = file.readUInt32LE(at);
    at += 4;
    for (let i = 0; i < n; i++) {
      const key = file.toString('latin1', at + 4, at + 4 + bytes);
      let value = coefficients.get(key);
      if (value === undefined) {
        value = word(at + 4, bytes);
        coefficients.set(key, value);
      }
      if (value !== 0n) out.set(file.readUInt32LE(at), value);
      at += 4 + bytes;
    }
    return out;
  };
  const constraints = Array.from({ length: total }, () => ({ a: linear(), b: linear(), c: linear() }));
  const [wires, outputs, publicInputs] = counts;
  const signals = counts[1] + counts[2] + counts[3];
  // of two inputs that must be equal one has no wire
  const inputWires = new Set<number>();
  const names: string[][] = Array.from({ length: wires }, () => []);
  const replaced: string[] = [];
  for (const line of readFileSync(symPath, 'utf8').split('\n')) {
    if (!line) continue;
    const [signal, wire, component, name] = line.split(',');
    if (Number(signal) <= signals && Number(wire) > 0) inputWires.add(Number(wire));
    const short = name.replace(/^main\./, '');
    if (Number(wire) >= 0) names[Number(wire)].push(short);
    else if (!short.includes('.') && component) replaced.push(short);
  }
  const privateInputs = inputWires.size - outputs - publicInputs;
  if (![...inputWires].every((wire) => wire <= inputWires.size)) throw new Error(`${symPath} has inputs behind others`);
  return { wires, outputs, publicInputs, privateInputs, constraints, names, replaced };
}

export const linearValue = (l: Linear, witness: readonly bigint[]): bigint => {
  let v = 0n;
  for (const [wire, coefficient] of l) v += coefficient * witness[wire];
  return mod(v);
};

export const holds = ({ a, b, c }: Constraint, witness: readonly bigint[]): boolean =>
  mod(linearValue(a, witness) * linearValue(b, witness)) === linearValue(c, witness);

/** Indices of the constraints a witness violates. */
export const violations = ({ constraints }: R1cs, witness: readonly bigint[]): number[] =>
  constraints.flatMap((c, i) => (holds(c, witness) ? [] : [i]));

/** Wires that no constraint mentions. */
export function unusedWires({ wires, constraints }: R1cs): number[] {
  const used = new Set<number>([0]);
  for (const { a, b, c } of constraints) for (const l of [a, b, c]) for (const wire of l.keys()) used.add(wire);
  return Array.from({ length: wires }, (_, i) => i).filter((i) => !used.has(i));
}

/** w if the constraint says w (w - 1) = 0, whatever its scaling. */
export function booleanWire({ a, b, c }: Constraint): number | undefined {
  if (c.size > 0) return undefined;
  for (const [x, y] of [
    [a, b],
    [b, a],
  ]) {
    const [wire] = x.keys();
    if (x.size !== 1 || wire === 0 || y.size !== 2) continue;
    if (y.has(wire) && mod(y.get(wire)! + (y.get(0) ?? 0n)) === 0n) return wire;
  }
  return undefined;
}
