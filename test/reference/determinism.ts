// Which wires a constraint system determines from its inputs, and which constraints are left over as checks. The same
// plan computes a witness from any inputs without stopping at a check that fails. It reads systems compiled with --O1,
// where a linear constraint of the source is still one of the system; --O2 only eliminates wires by such constraints, so
// its solutions are the same.

import { inverse, mod, ORDER } from './algebra.ts';
import { booleanWire, type Constraint, type Linear, linearValue, type R1cs } from './r1cs.ts';

/**
 * assign: the wire stands only in c of the constraint, so its value is (a b - rest of c) / coefficient.
 * bits: 0/1 wires whose sum with weights scale 2^i is known; at most 253, so a value has one decomposition at most.
 * alias: as bits with 254 wires; a second decomposition proves the top 64 bits below those of the field's order.
 * oneHot: 0/1 wires that sum to 1, with distinct labels whose sum is known.
 * quotient: the wire times a known factor is a constant, which is not 0.
 * isZero: 1 - known inverse = wire and known wire = 0. Where the known factor is 0 the inverse is free, and read nowhere else.
 */
export type Step =
  | { kind: 'assign'; constraint: number; wire: number; scale: bigint }
  | { kind: 'bits' | 'alias'; constraint: number; constraints: number[]; bits: number[]; scale: bigint }
  | { kind: 'oneHot'; constraint: number; constraints: number[]; labels: { wire: number; label: bigint }[] }
  | { kind: 'quotient'; constraint: number; constraints: number[]; factor: Linear; wire: number }
  | { kind: 'isZero'; constraint: number; constraints: number[]; factor: Linear; inverse: number; wire: number };

export interface Plan {
  steps: Step[];
  /** constraints that determine nothing: what a cheat must violate */
  checks: number[];
  /** wires that stay free although all inputs are given */
  undetermined: number[];
}

/** One more than the largest value of the top 64 bits of a field element, which leaves out the order's own. */
const TOP = ORDER >> 190n;

const isLinear = ({ a, b }: Constraint) => a.size === 0 || b.size === 0;

/** The plan of a system; its inputs are the public and private input wires. `without`: constraints to leave out. */
export function plan(r1cs: R1cs, without: ReadonlySet<number> = new Set()): Plan {
  const { constraints, wires, outputs, publicInputs, privateInputs } = r1cs;
  const known = new Uint8Array(wires);
  known[0] = 1;
  known.fill(1, outputs + 1, outputs + 1 + publicInputs + privateInputs);
  const used = new Uint8Array(constraints.length);
  const steps: Step[] = [];
  for (const i of without) used[i] = 1;

  const occurrences: number[][] = Array.from({ length: wires }, () => []);
  const open = constraints.map(({ a, b, c }, i) => {
    const unknown = new Set<number>();
    for (const l of [a, b, c]) for (const w of l.keys()) if (!known[w]) unknown.add(w);
    for (const w of unknown) occurrences[w].push(i);
    return unknown;
  });
  const booleans = new Map<number, number>();
  constraints.forEach((c, i) => {
    const wire = used[i] ? undefined : booleanWire(c);
    if (wire !== undefined && !known[wire] && !booleans.has(wire)) booleans.set(wire, i);
  });

  const ready = constraints.map((_, i) => i).filter((i) => open[i].size === 1);
  const learn = (wire: number) => {
    known[wire] = 1;
    for (const i of occurrences[wire]) {
      open[i].delete(wire);
      if (open[i].size === 1) ready.push(i);
    }
  };
  const propagate = () => {
    for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
      if (used[i] || open[i].size !== 1) continue;
      const [wire] = open[i];
      const { a, b, c } = constraints[i];
      const coefficient = c.get(wire);
      if (a.has(wire) || b.has(wire) || !coefficient) continue;
      used[i] = 1;
      steps.push({ kind: 'assign', constraint: i, wire, scale: inverse(coefficient) });
      learn(wire);
    }
  };
  const take = (step: Exclude<Step, { kind: 'assign' }>, learned: readonly number[]) => {
    steps.push(step);
    for (const i of step.constraints) used[i] = 1;
    for (const w of learned) learn(w);
  };

  /** Wires by weight if the unknown part of a linear constraint is scale (b_0 + 2 b_1 + 4 b_2 + ..). */
  const decomposition = (i: number, unknown: readonly number[]): { bits: number[]; scale: bigint } | undefined => {
    const { c } = constraints[i];
    if (new Set(unknown.map((w) => c.get(w)!)).size < unknown.length) return undefined;
    for (const lowest of unknown) {
      const scale = c.get(lowest)!;
      const byWeight = new Map(unknown.map((w) => [c.get(w)!, w]));
      const bits: number[] = [];
      for (let weight = scale; byWeight.has(weight); weight = mod(2n * weight)) {
        bits.push(byWeight.get(weight)!);
        byWeight.delete(weight);
      }
      if (byWeight.size === 0) return { bits, scale };
    }
    return undefined;
  };

  /** Is there a wire TOP - 1 - (the top 64 of these bits), and a decomposition of it into 64 bits? */
  const hasAliasCheck = (bits: readonly number[]): boolean => {
    const top = bits.slice(190);
    return occurrences[top[0]].some((i) => {
      const { c } = constraints[i];
      const rest = [...c.keys()].filter((w) => w !== 0 && !top.includes(w));
      if (used[i] || !isLinear(constraints[i]) || rest.length !== 1) return false;
      const [slack] = rest;
      const scale = c.get(slack)!;
      if (c.get(0) !== mod(-scale * (TOP - 1n)) || !top.every((w, t) => c.get(w) === mod(scale * 2n ** BigInt(t))))
        return false;
      return occurrences[slack].some((j) => {
        if (j === i || used[j] || !isLinear(constraints[j])) return false;
        const slackBits = [...constraints[j].c.keys()].filter((w) => w !== slack);
        const found = slackBits.every((w) => booleans.has(w)) ? decomposition(j, slackBits) : undefined;
        return found?.bits.length === 64 && constraints[j].c.get(slack) === mod(-found.scale);
      });
    });
  };

  const linear = constraints.map((_, i) => i).filter((i) => isLinear(constraints[i]));
  const tryGroup = (i: number): boolean => {
    const unknown = [...open[i]];
    if (unknown.length === 0 || !unknown.every((w) => booleans.has(w))) return false;
    const own = unknown.map((w) => booleans.get(w)!);
    const bits = unknown.length <= 254 ? decomposition(i, unknown) : undefined;
    if (bits && unknown.length < 254) {
      take({ kind: 'bits', constraint: i, constraints: [i, ...own], ...bits }, unknown);
      return true;
    }
    if (bits && unknown.length === 254 && hasAliasCheck(bits.bits)) {
      take({ kind: 'alias', constraint: i, constraints: [i, ...own], ...bits }, unknown);
      return true;
    }
    // a one-hot set: here sum = 1, elsewhere the labels
    const { c } = constraints[i];
    const scale = c.get(unknown[0])!;
    if (c.size !== unknown.length + 1 || c.get(0) !== mod(-scale) || !unknown.every((w) => c.get(w) === scale))
      return false;
    const labelled = [...occurrences[unknown[0]], ...occurrences[unknown[1]]].find((j) => {
      if (j === i || used[j] || !isLinear(constraints[j])) return false;
      const labels = unknown.map((w) => constraints[j].c.get(w) ?? 0n);
      return [...open[j]].every((w) => unknown.includes(w)) && new Set(labels).size === unknown.length;
    });
    if (labelled === undefined) return false;
    const labels = unknown.map((wire) => ({ wire, label: constraints[labelled].c.get(wire) ?? 0n }));
    take({ kind: 'oneHot', constraint: labelled, constraints: [i, labelled, ...own], labels }, unknown);
    return true;
  };

  const products = constraints.map((_, i) => i).filter((i) => !isLinear(constraints[i]));
  const tryInverse = (i: number): boolean => {
    const { a, b, c } = constraints[i];
    const [factor, own] = [...b.keys()].some((w) => !known[w]) ? [a, b] : [b, a];
    const [hint, ...more] = own.keys();
    if (more.length > 0 || known[hint] || [...factor.keys()].some((w) => !known[w])) return false;
    const [wire, ...others] = [...c.keys()].filter((w) => w !== 0);
    if (!c.has(0) || others.length > 0) return false;
    if (wire === undefined) {
      take({ kind: 'quotient', constraint: i, constraints: [i], factor, wire: hint }, [hint]);
      return true;
    }
    if (known[wire] || occurrences[hint].length > 1 || factor.size > 1) return false;
    const [x] = factor.keys();
    const zero = occurrences[wire].find((j) => {
      const { a, b, c } = constraints[j];
      const isProduct = (p: Linear, q: Linear) => p.size === 1 && p.has(x) && q.size === 1 && q.has(wire);
      return !used[j] && c.size === 0 && (isProduct(a, b) || isProduct(b, a));
    });
    if (zero === undefined) return false;
    take({ kind: 'isZero', constraint: i, constraints: [i, zero], factor, inverse: hint, wire }, [hint, wire]);
    return true;
  };

  do propagate();
  while (linear.some((i) => !used[i] && tryGroup(i)) || products.some((i) => !used[i] && tryInverse(i)));
  return {
    steps,
    checks: constraints.map((_, i) => i).filter((i) => !used[i]),
    undetermined: Array.from({ length: wires }, (_, w) => w).filter((w) => !known[w]),
  };
}

/** The wires of a step that divides by a known factor. */
export function inverted(
  step: Extract<Step, { factor: Linear }>,
  { a, b, c }: Constraint,
  witness: readonly bigint[],
): [wire: number, value: bigint][] {
  const factor = linearValue(step.factor, witness);
  const hint = step.kind === 'quotient' ? step.wire : step.inverse;
  const scale = a.get(hint) ?? b.get(hint) ?? 1n;
  const value = factor === 0n ? 0n : mod((c.get(0) ?? 0n) * inverse(mod(factor * scale)));
  if (step.kind === 'quotient') return [[hint, value]];
  const isZero = factor === 0n ? mod(-(c.get(0) ?? 0n) * inverse(c.get(step.wire) ?? 1n)) : 0n;
  return [
    [hint, value],
    [step.wire, isZero],
  ];
}

/** A full witness from the values of the input wires; no check stops it. */
export function solve({ constraints, wires, outputs }: R1cs, { steps }: Plan, inputs: readonly bigint[]): bigint[] {
  const witness = new Array<bigint>(wires).fill(0n);
  witness[0] = 1n;
  inputs.forEach((v, i) => {
    witness[outputs + 1 + i] = mod(v);
  });
  /** minus what is known of a linear constraint */
  const known = (l: Linear) => mod(-linearValue(l, witness));
  for (const step of steps) {
    const { a, b, c } = constraints[step.constraint];
    if (step.kind === 'assign') {
      const product = a.size === 0 || b.size === 0 ? 0n : linearValue(a, witness) * linearValue(b, witness);
      witness[step.wire] = mod((product - linearValue(c, witness)) * step.scale);
    } else if (step.kind === 'oneHot') {
      const label = known(c);
      for (const { wire, label: own } of step.labels) witness[wire] = own === label ? 1n : 0n;
    } else if (step.kind === 'quotient' || step.kind === 'isZero') {
      for (const [wire, value] of inverted(step, constraints[step.constraint], witness)) witness[wire] = value;
    } else {
      const value = mod(known(c) * inverse(step.scale));
      step.bits.forEach((wire, i) => {
        witness[wire] = (value >> BigInt(i)) & 1n;
      });
    }
  }
  return witness;
}
