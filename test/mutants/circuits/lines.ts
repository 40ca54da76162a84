// Mutants of the circuits' statements: each is taken away, or loses one term. A mutant is killed by a test whose
// judgement it turns: inputs that the test has refused are taken, or those that it has taken are refused or get other
// outputs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Judgement, pathOf, recordsOf } from './judgements.ts';
import { type Edit, Machine, type Verdict } from './machine.ts';
import type { Statement } from './statements.ts';
import { type System, WORK } from './system.ts';

/** What became of a statement's mutants. */
export interface Outcome {
  /** by mutant: the test that kills it, or null */
  [mutant: string]: string | null;
}

interface Judged extends Judgement {
  test: string;
  verdict: Verdict;
}

/** The test that a constraint system fails which leaves a wire free. */
const determined = (program: string): string =>
  `soundness/${program.startsWith('conv') ? 'networkChecks' : 'checks'}: the constraints of ${program} > determine every wire`;

/**
 * At most so many judgements of one test; so many taken inputs of a file that terms are tried on, with outputs that are
 * compared and without; and of refused ones that may tell so many are followed to the end.
 */
const [PER_TEST, COMPARED, OTHERS, TO_THE_END] = [12, 40, 2, 16];
/** Loops of at most so many turns have a mutant for each. */
const FEW = 8;

export class Court {
  readonly system: System;
  readonly machine: Machine;
  /** of the last file */
  #judged: Judged[] = [];
  /** first those of which the test looks at the outputs too */
  #honest: { test: string; outputs: boolean; witness: bigint[] }[] = [];

  /** by terms: does the system without them leave a wire free */
  readonly #free = new Map<string, boolean>();

  private constructor(system: System) {
    this.system = system;
    this.machine = new Machine(system.r1cs);
    const free = this.machine.free();
    if (free.length > 0) throw new Error(`${system.program} leaves ${free.length} wires free`);
  }

  static of = (system: System): Court => new Court(system);

  /**
   * Judges what a file's tests judge of the program. What those of another file have judged is forgotten.
   * @returns whether they judge anything
   */
  take(file: string, say: (text: string) => void = () => {}): boolean {
    const { program } = this.system;
    const own = recordsOf(file).flatMap(({ name, judgements }) => {
      const judged = judgements.filter((j) => j.program === program);
      return thinned(judged, PER_TEST).map((j) => ({ ...j, test: nameOf(file, name) }));
    });
    this.#judged = [];
    this.#honest = [];
    if (own.length === 0) return false;
    const path = join(WORK, program, 'verdicts', pathOf(file).split('/').at(-1)!);
    let verdicts: Verdict[] = [];
    if (existsSync(path)) verdicts = (JSON.parse(readFileSync(path, 'utf8')) as StoredVerdict[]).map(read);
    if (verdicts.length !== own.length) {
      say(`${program}: ${own.length} judgements of ${file}`);
      verdicts = own.map(({ inputs }) => this.machine.judge(inputs));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(verdicts.map(written)));
    }
    this.#judged = own.map((judgement, i) => ({ ...judgement, verdict: verdicts[i] }));
    this.#keepTaken();
    return true;
  }

  /** Keeps the witnesses of taken inputs, spread over the tests of a file. */
  #keepTaken(): void {
    const taken = this.#judged.filter((j) => j.verdict.violated.length === 0);
    const [compared, others] = [taken.filter((j) => j.outputs), taken.filter((j) => !j.outputs)];
    for (const { test, inputs, outputs } of [...thinned(compared, COMPARED), ...thinned(others, OTHERS)])
      this.#honest.push({ test, outputs, witness: this.machine.witness(inputs) });
    this.#honest.sort((a, b) => Number(b.outputs) - Number(a.outputs));
  }

  /** All mutants of a statement; where some are known, those of them that no test has killed. */
  outcome(statement: Statement, known?: Outcome): Outcome {
    const line = this.system.lines.get(statement.key)!;
    const out: Outcome = { ...known };
    const tried = (name: string, test: () => string | undefined) => {
      if (!known || known[name] === null) out[name] = test() ?? null;
    };
    const anonymous = line.fed.length + line.inside.length > 0;
    if (statement.kind === 'check') tried('removed', () => this.#removal(line.own));
    else {
      // what nothing reads may have any value
      if (!line.own.every((k) => this.machine.idle(k))) tried('unconstrained', () => this.#removal(line.own));
      if (anonymous) tried('removed', () => this.#removal([...line.own, ...line.fed, ...line.inside]));
      if (line.fed.length > 0 && statement.kind === 'assign') tried('unfed', () => this.#removal(line.fed));
    }
    const terms = new Map<string, Edit[]>();
    const add = (name: string, edit: Edit) => {
      if (!terms.has(name)) terms.set(name, []);
      terms.get(name)!.push(edit);
    };
    const fed = new Set(line.fed);
    for (const k of [...line.own, ...line.fed])
      for (const edit of this.machine.terms(k)) {
        // a term of the text, in every turn of its loops; and of a short loop each turn alone
        const name = this.#termName(edit, fed.has(k));
        add(name.replace(/\[\d+\]/g, ''), edit);
        if (line.own.length <= FEW && statement.file.startsWith('programs')) add(name, edit);
      }
    for (const [name, edits] of terms)
      if (edits.some(({ constraint }) => !this.machine.idle(constraint))) tried(name, () => this.#term(edits));
    return out;
  }

  /** Where a term stands and what it is; of an array that is fed to an anonymous component, the array. */
  #termName({ constraint, form, wire }: Edit, fed: boolean): string {
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
    if (target === undefined) return `${form} ${short(wire)}`;
    const whole = (name: string) => (fed ? name.replace(/\[\d+\]$/, '') : name);
    return `${form} ${whole(short(wire))} of ${whole(short(target))}`;
  }

  /** The test that kills a mutant without these constraints. */
  #removal(constraints: readonly number[]): string | undefined {
    const { program } = this.system;
    const removed = new Set(constraints);
    if (removed.size === 0) return undefined;
    const refused = this.#judged.filter((j) => j.verdict.violated.length > 0);
    const inside = refused.find((j) => j.verdict.violated.every((k) => removed.has(k)));
    if (inside) return inside.test;
    const free = determined(program);
    if (this.machine.unread(removed)) return free;
    if (![...removed].some(this.machine.determines)) return undefined;
    if (this.machine.undetermined(removed).length > 0) return free;
    // a check that now determines a wire refuses nothing; whoever violates none of these fares as before
    const { judge, lost } = this.machine.without(removed);
    return refused.filter((j) => j.verdict.violated.some((k) => lost.has(k))).find((j) => judge(j.inputs).length === 0)
      ?.test;
  }

  /** The test that kills a mutant in which terms count as 0. */
  #term(edits: readonly Edit[]): string | undefined {
    if (this.machine.demandNothing(edits)) return this.#removal(edits.map(({ constraint }) => constraint));
    const other = this.#honest.filter(({ witness }) => this.machine.differs(edits, witness));
    for (const { test, outputs, witness } of other) {
      const effect = this.machine.edited(edits, witness);
      if (effect === 'refused' || (effect === 'outputs' && outputs)) return test;
    }
    const near = this.machine.near(edits);
    const refused = this.#judged.filter(({ verdict: { violated } }) => violated.length > 0);
    const nearly = refused.filter((j) => j.verdict.violated.every((k) => near.has(k)));
    const taken = thinned(nearly, TO_THE_END).find((j) => this.takes(edits, j.inputs))?.test;
    if (taken) return taken;
    const key = edits.map(({ constraint, form, wire }) => `${constraint}${form}${wire}`).join();
    if (!this.#free.has(key)) this.#free.set(key, this.machine.leavesFree(edits));
    return this.#free.get(key) ? determined(this.system.program) : undefined;
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
