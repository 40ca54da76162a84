// Mutants of the circuits' statements: each is taken away, or loses one term. A mutant is killed by a test whose judgement it
// turns: inputs that the test has refused are taken, or those that it has taken are refused or get other outputs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FILES, type Judgement, pathOf, recordsOf } from './judgements.ts';
import { type Edit, Machine, type Verdict } from './machine.ts';
import type { Statement } from './statements.ts';
import { type System, WORK } from './system.ts';

/** What became of a statement's mutants. */
export interface Outcome {
  /** by mutant: the test that kills it, or undefined */
  [mutant: string]: string | undefined;
}

interface Judged extends Judgement {
  test: string;
  verdict: Verdict;
}

/** The test that a constraint system must pass which leaves a wire free. */
const DETERMINED = (program: string) => `soundness/checks: the constraints of ${program} > determine every wire`;

/** At most so many judgements of one test, and so many taken inputs that terms are tried on. */
const [PER_TEST, HONEST] = [40, 6];
/** Loops of at most so many turns have a mutant for each. */
const FEW = 8;

export class Court {
  readonly system: System;
  readonly machine: Machine;
  readonly #judged: Judged[] = [];
  readonly #honest: { test: string; witness: bigint[] }[] = [];

  private constructor(system: System) {
    this.system = system;
    this.machine = new Machine(system.r1cs);
    const { undetermined } = this.machine.plan;
    if (undetermined.length > 0) throw new Error(`${system.program} leaves ${undetermined.length} wires free`);
  }

  /** Judges what the tests judge of a program, file by file, and keeps it. */
  static of(system: System, say: (text: string) => void = () => {}): Court {
    const court = new Court(system);
    for (const file of FILES) {
      const own = recordsOf(file)
        .map(({ name, judgements }) => ({
          name,
          judgements: thinned(
            judgements.filter((j) => j.program === system.program),
            PER_TEST,
          ),
        }))
        .filter((record) => record.judgements.length > 0);
      if (own.length === 0) continue;
      const path = join(WORK, system.program, 'verdicts', pathOf(file).split('/').at(-1)!);
      let verdicts: Verdict[] = [];
      if (existsSync(path)) verdicts = (JSON.parse(readFileSync(path, 'utf8')) as StoredVerdict[]).map(read);
      const all = own.flatMap((record) => record.judgements.map((j) => ({ ...j, test: nameOf(file, record.name) })));
      if (verdicts.length !== all.length) {
        say(`${system.program}: ${all.length} judgements of ${file}`);
        verdicts = all.map(({ inputs }) => court.machine.judge(inputs));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, JSON.stringify(verdicts.map(written)));
      }
      all.forEach((judgement, i) => {
        court.#judged.push({ ...judgement, verdict: verdicts[i] });
      });
    }
    court.#pickHonest();
    return court;
  }

  get size(): number {
    return this.#judged.length;
  }

  /** Taken inputs of tests that compare the outputs, spread over the tests. */
  #pickHonest(): void {
    const taken = this.#judged.filter((j) => j.outputs && j.verdict.violated.length === 0);
    for (const { test, inputs } of thinned(taken, HONEST))
      this.#honest.push({ test, witness: this.machine.witness(inputs) });
    if (this.#honest.length === 0) throw new Error(`no test takes inputs of ${this.system.program}`);
  }

  /** All mutants of a statement. */
  outcome(statement: Statement): Outcome {
    const line = this.system.lines.get(statement.key)!;
    const out: Outcome = {};
    const anonymous = line.fed.length + line.inside.length > 0;
    if (statement.kind === 'check') out.removed = this.#removal(line.own);
    else {
      if (line.own.length > 0) out.unconstrained = this.#removal(line.own);
      if (anonymous) out.removed = this.#removal([...line.own, ...line.fed, ...line.inside]);
      if (line.fed.length > 0 && statement.kind === 'assign') out.unfed = this.#removal(line.fed);
    }
    const terms = new Map<string, Edit[]>();
    const add = (name: string, edit: Edit) => {
      if (!terms.has(name)) terms.set(name, []);
      terms.get(name)!.push(edit);
    };
    for (const k of [...line.own, ...line.fed])
      for (const edit of this.machine.terms(k)) {
        // a term of the text, in every turn of its loops; and of a short loop each turn alone
        const name = this.#termName(edit);
        add(name.replace(/\[\d+\]/g, ''), edit);
        if (line.own.length <= FEW && statement.file.startsWith('programs')) add(name, edit);
      }
    for (const [name, edits] of terms) out[name] = this.#term(edits);
    return out;
  }

  /** Where a term stands and what it is. */
  #termName({ constraint, form, wire }: Edit): string {
    const { names } = this.system.r1cs;
    const short = (w: number) =>
      w === 0
        ? '1'
        : names[w][0]
            .split('.')
            .slice(-2)
            .join('.')
            .replace(/_\d+_\d+(?=[.[])/, '');
    const target = this.machine.target(constraint);
    return `${form} ${short(wire)}${target === undefined ? '' : ` of ${short(target)}`}`;
  }

  /** The test that kills a mutant without these constraints. */
  #removal(constraints: readonly number[]): string | undefined {
    const { program } = this.system;
    const removed = new Set(constraints);
    if (removed.size === 0) return undefined;
    const refused = this.#judged.filter((j) => j.verdict.violated.length > 0);
    const inside = refused.find((j) => j.verdict.violated.every((k) => removed.has(k)));
    if (inside) return inside.test;
    if (![...removed].some(this.machine.determines)) return undefined;
    if (this.machine.undetermined(removed).length > 0) return DETERMINED(program);
    // a check that now determines a wire refuses nothing; whoever violates none of these fares as before
    const { judge, lost } = this.machine.without(removed);
    return refused.filter((j) => j.verdict.violated.some((k) => lost.has(k))).find((j) => judge(j.inputs).length === 0)
      ?.test;
  }

  /** The test that kills a mutant in which terms count as 0. */
  #term(edits: readonly Edit[]): string | undefined {
    for (const { test, witness } of this.#honest) {
      const effect = this.machine.edited(edits, witness);
      if (effect === 'refused' || effect === 'outputs') return test;
    }
    return undefined;
  }

  /** Whether a circuit that lacks terms takes inputs. */
  takes = (edits: readonly Edit[], inputs: Judgement['inputs']): boolean => this.machine.editedJudge(edits, inputs);
}

interface StoredVerdict {
  violated: number[];
  c: string;
  v: string;
}
const written = ({ violated, c, v }: Verdict): StoredVerdict => ({ violated, c: `${c}`, v: `${v}` });
const read = ({ violated, c, v }: StoredVerdict): Verdict => ({ violated, c: BigInt(c), v: BigInt(v) });

export const nameOf = (file: string, test: string): string => `${file.replace('.test.ts', '')}: ${test}`;

/** At most n of a list, evenly. */
function thinned<T>(list: readonly T[], n: number): T[] {
  if (list.length <= n) return [...list];
  return Array.from({ length: n }, (_, i) => list[Math.floor((i * list.length) / n)]);
}
