// A program's constraints with some of them taken away or changed: what a mutant still determines, and what it refuses.

import { inverse, mod } from '../../reference/algebra.ts';
import { flatten } from '../../reference/bench.ts';
import { inverted, type Plan, plan, type Step, solve } from '../../reference/determinism.ts';
import { type Constraint, holds, type Linear, linearValue, type R1cs, violations } from '../../reference/r1cs.ts';
import type { Inputs } from '../../reference/tensors.ts';

/** A constraint in which one term counts as 0. */
export interface Edit {
  constraint: number;
  form: 'a' | 'b' | 'c';
  wire: number;
}

export interface Verdict {
  violated: number[];
  c: bigint;
  v: bigint;
}

export class Machine {
  readonly r1cs: R1cs;
  readonly plan: Plan;
  readonly checks: ReadonlySet<number>;
  /** step of each constraint that determines a wire */
  readonly #stepOf = new Map<number, number>();
  readonly #grouped = new Set<number>();
  readonly #wires: number[][];
  readonly #inputs: string[];
  #users: number[][] | undefined;
  #assigned: Map<number, number> | undefined;
  /** steps, and checks as soon as all of their wires are there */
  #timeline: ({ step: Step } | { check: number })[] = [];
  readonly #place = new Map<number, number>();

  constructor(r1cs: R1cs) {
    this.r1cs = { ...r1cs, constraints: comparedBits(r1cs.constraints) };
    this.plan = plan(this.r1cs);
    const { constraints, outputs, publicInputs, privateInputs, names } = this.r1cs;
    this.checks = new Set(this.plan.checks);
    this.#wires = constraints.map(({ a, b, c }) => [...new Set([...a.keys(), ...b.keys(), ...c.keys()])]);
    this.plan.steps.forEach((step, i) => {
      const own = step.kind === 'assign' ? [step.constraint] : [step.constraint, ...step.constraints];
      for (const k of own) {
        this.#stepOf.set(k, i);
        if (step.kind !== 'assign') this.#grouped.add(k);
      }
    });
    this.#inputs = names.slice(outputs + 1, outputs + 1 + publicInputs + privateInputs).map(([name]) => name);
    this.#order();
  }

  /** Does a constraint determine a wire? */
  determines = (constraint: number): boolean => this.#stepOf.has(constraint);

  /** The constraint that assigns a wire. */
  assigning(wire: number): number {
    this.#assigned ??= new Map(this.plan.steps.flatMap((s) => (s.kind === 'assign' ? [[s.wire, s.constraint]] : [])));
    return this.#assigned.get(wire)!;
  }

  #order(): void {
    const known = new Float64Array(this.r1cs.wires);
    this.plan.steps.forEach((step, i) => {
      for (const w of learned(step)) known[w] = i + 1;
    });
    const after: number[][] = Array.from({ length: this.plan.steps.length + 1 }, () => []);
    for (const k of this.plan.checks) after[Math.max(0, ...this.#wires[k].map((w) => known[w]))].push(k);
    this.#timeline = after[0].map((check) => ({ check }));
    this.plan.steps.forEach((step, i) => {
      this.#place.set(step.constraint, this.#timeline.length);
      this.#timeline.push({ step }, ...after[i + 1].map((check) => ({ check })));
    });
  }

  /** The values of the input wires. */
  values(inputs: Inputs): bigint[] {
    const flat = flatten(inputs);
    return this.#inputs.map((name) => {
      const value = flat.get(name);
      if (value === undefined) throw new Error(`no value for ${name}`);
      return mod(value);
    });
  }

  witness = (inputs: Inputs, own: Plan = this.plan): bigint[] => solve(this.r1cs, own, this.values(inputs));

  judge(inputs: Inputs): Verdict {
    const witness = this.witness(inputs);
    return { violated: violations(this.r1cs, witness), c: witness[1], v: witness[2] };
  }

  /** Wires that a plan leaves free, of those that some constraint mentions. */
  free = ({ undetermined }: Plan = this.plan): number[] => undetermined.filter((w) => this.#usersOf()[w].length > 0);

  /** Wires that are left free, of those that are outputs or that a constraint still mentions. */
  undetermined(removed: ReadonlySet<number>): number[] {
    const exact = [...removed].some((k) => this.#grouped.has(k));
    const free = exact ? plan(this.r1cs, removed).undetermined : this.#closure(removed);
    const mentioned = new Set(Array.from({ length: this.r1cs.outputs }, (_, i) => i + 1));
    const wanted = new Set(free);
    this.#wires.forEach((wires, k) => {
      if (!removed.has(k)) for (const w of wires) if (wanted.has(w)) mentioned.add(w);
    });
    return free.filter((w) => mentioned.has(w));
  }

  /** What no sequence of assignments and of whole groups determines. */
  #closure(removed: ReadonlySet<number>): number[] {
    const { constraints, wires, outputs, publicInputs, privateInputs } = this.r1cs;
    const users = this.#usersOf();
    const known = new Uint8Array(wires);
    known[0] = 1;
    known.fill(1, outputs + 1, outputs + 1 + publicInputs + privateInputs);
    const open = Int32Array.from(this.#wires, (own) => own.reduce((n, w) => n + (known[w] ? 0 : 1), 0));
    const ready: number[] = [];
    open.forEach((n, k) => {
      if (n === 1) ready.push(k);
    });
    const learn = (w: number) => {
      if (known[w]) return;
      known[w] = 1;
      for (const k of users[w]) if (--open[k] === 1) ready.push(k);
    };
    const groups = this.plan.steps.filter((s): s is Exclude<Step, { kind: 'assign' }> => s.kind !== 'assign');
    for (let again = true; again; ) {
      again = false;
      for (let k = ready.pop(); k !== undefined; k = ready.pop()) {
        if (removed.has(k) || open[k] !== 1) continue;
        const wire = this.#wires[k].find((w) => !known[w])!;
        const { a, b, c } = constraints[k];
        if (!a.has(wire) && !b.has(wire) && c.has(wire)) learn(wire);
      }
      for (const step of groups) {
        const own = learned(step);
        if (own.every((w) => known[w])) continue;
        const outside = [step.constraint].flatMap((k) => this.#wires[k]).filter((w) => !own.includes(w));
        if (!outside.every((w) => known[w])) continue;
        for (const w of own) learn(w);
        again = true;
      }
    }
    return Array.from({ length: wires }, (_, w) => w).filter((w) => !known[w]);
  }

  /** What a mutant that still determines every wire violates by inputs; checks that it lost by determining a wire. */
  without(removed: ReadonlySet<number>): { judge: (inputs: Inputs) => number[]; lost: ReadonlySet<number> } {
    const own = plan(this.r1cs, removed);
    const left = new Set(own.checks);
    return {
      judge: (inputs) => violations(this.r1cs, this.witness(inputs, own)).filter((k) => !removed.has(k)),
      lost: new Set(this.plan.checks.filter((k) => !left.has(k) && !removed.has(k))),
    };
  }

  /** Does a constraint determine a wire that nothing else mentions? */
  idle(constraint: number): boolean {
    const wire = this.target(constraint);
    return wire !== undefined && wire > this.r1cs.outputs && this.#usersOf()[wire].length === 1;
  }

  /** Is there an input that no constraint reads without these? */
  unread(removed: ReadonlySet<number>): boolean {
    const users = this.#usersOf();
    const { outputs } = this.r1cs;
    const read = [...removed].flatMap((k) => this.#wires[k]);
    return read.some((w) => w > outputs && w <= outputs + this.#inputs.length && users[w].every((k) => removed.has(k)));
  }

  /** Constraints that lack terms, and those that mention what such a constraint determines. */
  near(edits: readonly Edit[]): Set<number> {
    const users = this.#usersOf();
    const own = new Set(edits.map(({ constraint }) => constraint));
    for (const k of [...own]) {
      const target = this.target(k);
      for (const j of target === undefined ? [] : users[target]) own.add(j);
    }
    return own;
  }

  #usersOf(): number[][] {
    this.#users ??= usersOf(this.#wires, this.r1cs.wires);
    return this.#users;
  }

  /** The wire that a constraint determines alone. */
  target(constraint: number): number | undefined {
    const step = this.plan.steps[this.#stepOf.get(constraint) ?? -1];
    return step?.kind === 'assign' ? step.wire : undefined;
  }

  /** Terms of a constraint that a mutant can lack, constants too: all but the wire that it determines. */
  terms(constraint: number): Edit[] {
    const assigned = this.target(constraint);
    return (['a', 'b', 'c'] as const).flatMap((form) =>
      [...this.r1cs.constraints[constraint][form].keys()]
        .filter((wire) => wire !== assigned)
        .map((wire) => ({ constraint, form, wire })),
    );
  }

  #changed(edits: readonly Edit[]): Map<number, Constraint> {
    const changed = new Map<number, Constraint>();
    for (const { constraint, form, wire } of edits) {
      const whole = changed.get(constraint) ?? this.r1cs.constraints[constraint];
      const own = new Map(whole[form]);
      own.delete(wire);
      changed.set(constraint, { ...whole, [form]: own });
    }
    return changed;
  }

  /** Do constraints say nothing more without terms? */
  demandNothing = (edits: readonly Edit[]): boolean =>
    [...this.#changed(edits).values()].every(({ a, b, c }) => c.size === 0 && (a.size === 0 || b.size === 0));

  /** Does a witness break a constraint that lacks terms? */
  differs = (edits: readonly Edit[], witness: readonly bigint[]): boolean =>
    [...this.#changed(edits).values()].some((c) => !holds(c, witness));

  /**
   * What changes for the inputs of a witness when terms are dropped: 'refused', 'outputs', or 'hidden' where nothing
   * that is checked changes.
   */
  edited(edits: readonly Edit[], witness: readonly bigint[]): 'refused' | 'outputs' | 'hidden' {
    const changed = this.#changed(edits);
    // of checks, and of bits, which are the prover's own
    for (const [k, c] of changed)
      if ((!this.#stepOf.has(k) || this.#grouped.has(k)) && !holds(c, witness)) return 'refused';
    const now = this.#propagate(changed, witness);
    if (now === undefined) return 'refused';
    return now[1] !== witness[1] || now[2] !== witness[2] ? 'outputs' : 'hidden';
  }

  /** The witness by changed constraints for the same inputs; undefined once a check fails. */
  #propagate(changed: ReadonlyMap<number, Constraint>, from: readonly bigint[]): bigint[] | undefined {
    const witness = [...from];
    const dirty = new Uint8Array(this.r1cs.wires);
    const first = Math.min(...[...changed.keys()].map((k) => this.#place.get(k) ?? 0));
    for (let i = first; i < this.#timeline.length; i++) {
      const entry = this.#timeline[i];
      const k = 'check' in entry ? entry.check : entry.step.constraint;
      const constraint = changed.get(k) ?? this.r1cs.constraints[k];
      if (!changed.has(k) && !this.#wires[k].some((w) => dirty[w])) continue;
      if ('check' in entry) {
        if (!holds(constraint, witness)) return undefined;
        continue;
      }
      for (const [w, value] of recomputed(entry.step, constraint, witness))
        if (witness[w] !== value) [witness[w], dirty[w]] = [value, 1];
      // bits that no longer add up are a refusal
      if (entry.step.kind !== 'assign')
        for (const j of entry.step.constraints)
          if (!holds(changed.get(j) ?? this.r1cs.constraints[j], witness)) return undefined;
    }
    return witness;
  }

  #without(edits: readonly Edit[]): R1cs {
    const constraints = [...this.r1cs.constraints];
    for (const [k, constraint] of this.#changed(edits)) constraints[k] = constraint;
    return { ...this.r1cs, constraints };
  }

  /** Does a mutant with dropped terms take inputs? */
  editedJudge(edits: readonly Edit[], inputs: Inputs): boolean {
    const r1cs = this.#without(edits);
    return violations(r1cs, solve(r1cs, this.plan, this.values(inputs))).length === 0;
  }

  /** Does a mutant with dropped terms leave a wire free? */
  leavesFree = (edits: readonly Edit[]): boolean => this.free(plan(this.#without(edits))).length > 0;
}

/** A sum of more bits than this, with a large constant, compares the top of a decomposition with the field's order. */
const COMPARED = 60;

/**
 * The constraints; those that compare bits with the field's order speak of the bits themselves and not of copies:
 * the plan of a system recognises them so.
 */
function comparedBits(constraints: readonly Constraint[]): Constraint[] {
  const compares = ({ a, b, c }: Constraint) =>
    (a.size === 0 || b.size === 0) && c.size > COMPARED && (c.get(0) ?? 0n) !== 0n;
  const compared = new Set(constraints.filter(compares).flatMap(({ c }) => [...c.keys()]));
  const original = new Map<number, number>();
  for (const { a, b, c } of constraints) {
    if ((a.size > 0 && b.size > 0) || c.size !== 2 || c.has(0)) continue;
    const [[x, k], [y, m]] = [...c];
    if (mod(k + m) !== 0n) continue;
    for (const [copy, of] of [
      [x, y],
      [y, x],
    ])
      if (compared.has(copy) && !compared.has(of)) original.set(copy, of);
  }
  const renamed = (l: Linear) => new Map([...l].map(([w, k]) => [original.get(w) ?? w, k]));
  return constraints.map((constraint) =>
    compares(constraint) ? { ...constraint, c: renamed(constraint.c) } : constraint,
  );
}

function learned(step: Step): number[] {
  if (step.kind === 'oneHot') return step.labels.map((l) => l.wire);
  if (step.kind === 'isZero') return [step.inverse, step.wire];
  return step.kind === 'assign' || step.kind === 'quotient' ? [step.wire] : step.bits;
}

function usersOf(wires: readonly (readonly number[])[], count: number): number[][] {
  const users: number[][] = Array.from({ length: count }, () => []);
  wires.forEach((own, k) => {
    for (const w of own) users[w].push(k);
  });
  return users;
}

/** The wires of a step by a witness whose other wires are known. */
function recomputed(step: Step, constraint: Constraint, witness: bigint[]): [number, bigint][] {
  const { a, b, c } = constraint;
  if (step.kind === 'quotient' || step.kind === 'isZero') return inverted(step, constraint, witness);
  if (step.kind === 'assign') {
    const without = new Map(c);
    without.delete(step.wire);
    const product = a.size === 0 || b.size === 0 ? 0n : linearValue(a, witness) * linearValue(b, witness);
    return [[step.wire, mod((product - linearValue(without, witness)) * step.scale)]];
  }
  const own = learned(step);
  const known = new Map([...c].filter(([w]) => !own.includes(w)));
  const rest = mod(-linearValue(known, witness));
  if (step.kind === 'oneHot') return step.labels.map(({ wire, label }) => [wire, label === rest ? 1n : 0n]);
  const value = mod(rest * inverse(step.scale));
  return step.bits.map((w, i) => [w, (value >> BigInt(i)) & 1n]);
}
