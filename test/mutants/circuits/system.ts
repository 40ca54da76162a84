// A program's constraints as its sources say them, none simplified away, and the statement that each comes from.
//
// A compiled system does not name lines. So the program is compiled again with a number of its own added to each
// statement, by which its constraints differ then. Equalities of arrays take no number: there, they make no
// constraints, and what is missing is found by the names of its signals. So are anonymous components, by the names
// that the compiler gives them.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { circuitEntries, mainOf, runCompiler } from '../../../scripts/build/circuits.ts';
import { mod } from '../../reference/algebra.ts';
import { type Constraint, type Linear, type R1cs, readR1cs } from '../../reference/r1cs.ts';
import {
  allStatements,
  CIRCUITS,
  circuitFiles,
  componentsOf,
  rewritten,
  type Statement,
  sides,
  tagged,
  weakened,
} from './statements.ts';

export const WORK = fileURLToPath(new URL('../../../build/mutants/circuits', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export interface System {
  program: string;
  r1cs: R1cs;
  /**
   * of each statement by its key: its own constraints, those that feed an anonymous component and those inside of it
   */
  lines: Map<string, { own: number[]; fed: number[]; inside: number[] }>;
}

/** Changes with everything that a system is made of. */
export function sourcesHash(): string {
  const hash = createHash('sha256');
  for (const file of [...circuitFiles(), ...['shared', ...programs()].map((name) => `generated/${name}.circom`)])
    hash.update(file).update(readFileSync(join(CIRCUITS, file)));
  return hash.digest('hex').slice(0, 16);
}

export const programs = (): string[] => circuitEntries().map((e) => e.program);

const isAnonymous = ({ text }: Statement): boolean => /\b[A-Z]\w*\([^;]*?\)\s*\(/.test(text);

/** Compiles a program from circuits in a folder. @returns paths without ending */
async function compiled(program: string, name: string, folder: string, symbols: boolean): Promise<string> {
  const out = join(WORK, program);
  const main = join(out, `${name}.circom`);
  mkdirSync(out, { recursive: true });
  writeFileSync(main, mainOf(circuitEntries().find((e) => e.program === program)!));
  const options = ['--O0', '--r1cs', ...(symbols ? ['--sym'] : [])];
  await runCompiler(main, out, options, [folder, MODULES]);
  return join(out, name);
}

/**
 * Between the numbers of statements, and before the first: no coefficient of the circuits is so large or near to one.
 */
const [TAG, GAP] = [2n ** 200n, 2n ** 100n];

/** By how much the constants of two constraints differ; undefined where more does. */
function difference(x: Constraint, y: Constraint): bigint | undefined {
  const same = (l: Linear, m: Linear) => l.size === m.size && [...l].every(([w, k]) => m.get(w) === k);
  const variable = (l: Linear) => new Map([...l].filter(([w]) => w !== 0));
  if (!same(x.a, y.a) || !same(x.b, y.b) || !same(variable(x.c), variable(y.c))) return undefined;
  return mod((y.c.get(0) ?? 0n) - (x.c.get(0) ?? 0n));
}

/** Files and lines that the compiler's words name. */
const namedLines = (words: string): Set<string> =>
  new Set(
    [...words.matchAll(/"[^"\n]*\/circuits\/([^"\n]+\.circom)":(\d+):/g)].map(([, file, line]) => `${file}:${line}`),
  );

/** Statements of which the constraints come, by their numbers from 1 on; 0 for none. */
async function numbersOf(program: string, statements: readonly Statement[], say: (text: string) => void) {
  say(`${program}: the statements of the constraints`);
  const path = await compiled(program, 'whole', CIRCUITS, true);
  const folder = join(WORK, program, 'circuits');
  const write = (arrays: ReadonlySet<Statement>) => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(CIRCUITS, folder, { recursive: true });
    const tag = (s: Statement) => TAG + BigInt(statements.indexOf(s)) * GAP;
    for (const file of circuitFiles()) {
      const source = readFileSync(join(CIRCUITS, file), 'utf8');
      const own = statements.filter((s) => s.file === file);
      const text = (s: Statement, before: string) => (arrays.has(s) ? weakened(s, before) : tagged(s, before, tag(s)));
      writeFileSync(join(folder, file), rewritten(source, own, text));
    }
  };
  // the compiler says which statements are about arrays
  write(new Set());
  const words = await compiled(program, 'tagged', folder, false).then(
    () => '',
    (error: Error) => error.message,
  );
  const lines = namedLines(words);
  const arrays = statements.filter((s) => lines.has(`${s.file}:${s.line}`));
  write(new Set(arrays));
  const other = await compiled(program, 'tagged', folder, false);
  const [whole, left] = [readR1cs(`${path}.r1cs`, `${path}.sym`), readR1cs(`${other}.r1cs`, `${path}.sym`)];
  const equalities = new Equalities(program, arrays);
  let at = 0;
  const numbers = whole.constraints.map((constraint) => {
    const by = at < left.constraints.length ? difference(constraint, left.constraints[at]) : undefined;
    if (by === undefined) return 1 + statements.indexOf(equalities.of(whole, constraint));
    at++;
    return by === 0n ? 0 : 1 + numberOf(by);
  });
  if (at !== left.constraints.length) throw new Error(`${program}: numbers in statements changed other constraints`);
  rmSync(folder, { recursive: true, force: true });
  return numbers;
}

/** The number of a statement by what it adds. */
function numberOf(by: bigint): number {
  for (const tag of [by, mod(-by)]) {
    const number = (tag - TAG) / GAP;
    if (tag >= TAG && number < 10_000n && TAG + number * GAP === tag) return Number(number);
  }
  throw new Error(`${by} is the number of no statement`);
}

/** Statements about arrays, by the last name on their left side. */
class Equalities {
  readonly #templates: Templates;
  readonly #byName = new Map<string, { s: Statement; left: string; right: string; ofVariable: boolean }[]>();

  constructor(program: string, arrays: readonly Statement[]) {
    this.#templates = new Templates(program);
    for (const s of arrays) {
      const [left, right] = sides(s);
      const name = lastOf(left);
      if (!this.#byName.has(name)) this.#byName.set(name, []);
      this.#byName.get(name)!.push({ s, left, right, ofVariable: !namesSignals(s) });
    }
  }

  /**
   * Which statement gives a signal of an array its value: by the names of both signals, or by one where its right side
   * names no signals, and by the template that it is in.
   */
  of({ names }: R1cs, { c }: Constraint): Statement {
    const paths = [...c.keys()].filter((w) => w !== 0).map((w) => names[w][0].replace(/\[\d+\]/g, ''));
    const likely = paths.flatMap((path) =>
      (this.#byName.get(lastOf(path)) ?? []).flatMap((known) => {
        const component = this.#before(path, known.left, known.s);
        if (component === undefined) return [];
        // what it is set to is a signal of the same component, or of one within
        const isNear = paths.every((other) => other.startsWith(component) && depth(other) <= depth(component) + 1);
        return isNear ? [{ ...known, component }] : [];
      }),
    );
    const exact = likely.filter(({ component, right }) => paths.includes(`${component}${right}`));
    const found = new Set((exact.length > 0 ? exact : likely.filter((k) => k.ofVariable)).map((k) => k.s));
    if (found.size !== 1) throw new Error(`${found.size} statements say that ${paths.join(' = ')}`);
    return [...found][0];
  }

  /** The component of a path, with a dot, if the path ends with a side of a statement of that component's template. */
  #before(path: string, side: string, { template }: Statement): string | undefined {
    if (path !== side && !path.endsWith(`.${side}`)) return undefined;
    const component = path.slice(0, -side.length);
    return this.#templates.of(component).has(template) ? component : undefined;
  }
}

const depth = (path: string): number => path.split('.').length - 1;
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** The templates of a program's components. */
class Templates {
  readonly #main: string;
  readonly #within = componentsOf();
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(program: string) {
    this.#main = circuitEntries().find((e) => e.program === program)!.template;
  }

  /** @param component its path with a dot at the end, without indices; '' is the program itself */
  of(component: string): ReadonlySet<string> {
    if (component === '') return new Set([this.#main]);
    const known = this.#known.get(component);
    if (known) return known;
    const [, outer, name] = /^(.*\.)?(\w+)\.$/.exec(component)!;
    const anonymous = /^([A-Z]\w*?)_\d+_\d+$/.exec(name)?.[1];
    const of = anonymous
      ? [anonymous]
      : [...this.of(outer ?? '')].flatMap((t) => [...(this.#within.get(t)?.get(name) ?? [])]);
    this.#known.set(component, new Set(of));
    return this.#known.get(component)!;
  }
}

/** Is the right side of a statement the name of signals? A variable stands for others, with other names. */
function namesSignals(s: Statement): boolean {
  const [name] = sides(s)[1].split('.');
  const source = readFileSync(join(CIRCUITS, s.file), 'utf8');
  return /^[\w.]+$/.test(sides(s)[1]) && !new RegExp(`\\bvar ${name}\\b`).test(source);
}

/** Reads a program's system; compiles it where it is not there yet. */
export async function systemOf(program: string, say: (text: string) => void = () => {}): Promise<System> {
  const statements = allStatements();
  const marked = statements.filter((s) => s.kind !== 'call' && !isAnonymous(s));
  const record = join(WORK, program, 'statements.json');
  const hash = sourcesHash();
  let numbers: number[] = [];
  if (existsSync(record)) {
    const known = JSON.parse(readFileSync(record, 'utf8')) as { hash: string; numbers: number[] };
    if (known.hash === hash) numbers = known.numbers;
  }
  if (numbers.length === 0) {
    numbers = await numbersOf(program, marked, say);
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, JSON.stringify({ hash, numbers }));
  }
  const path = join(WORK, program, 'whole');
  const r1cs = readR1cs(`${path}.r1cs`, `${path}.sym`);
  const lines: System['lines'] = new Map();
  const of = (s: Statement) => {
    if (!lines.has(s.key)) lines.set(s.key, { own: [], fed: [], inside: [] });
    return lines.get(s.key)!;
  };
  const places = anonymousPlaces(statements);
  numbers.forEach((number, i) => {
    if (number > 0) of(marked[number - 1]).own.push(i);
    for (const { statement, where } of anonymousIn(r1cs, i, places)) of(statement)[where].push(i);
  });
  return { program, r1cs, lines };
}

/** Anonymous components by the name that the compiler gives them: template, line and place in the file. */
function anonymousPlaces(statements: readonly Statement[]): Map<string, Statement> {
  const places = new Map<string, Statement>();
  const sources = new Map(circuitFiles().map((file) => [file, readFileSync(join(CIRCUITS, file), 'utf8')]));
  for (const s of statements) {
    const own = sources.get(s.file)!.slice(s.from, s.to);
    for (const { 0: call, index } of own.matchAll(/\b[A-Z]\w*(?=\([^;]*?\)\s*\()/g)) {
      const at = s.from + index;
      const line = sources.get(s.file)!.slice(0, at).split('\n').length;
      const name = `${call}_${line}_${at}`;
      if (places.has(name)) throw new Error(`two anonymous components ${name}`);
      places.set(name, s);
    }
  }
  return places;
}

/** The anonymous components that a constraint belongs to: as one that reads or feeds it, or inside of it. */
function* anonymousIn(
  { constraints, names }: R1cs,
  i: number,
  places: ReadonlyMap<string, Statement>,
): Generator<{ statement: Statement; where: 'own' | 'fed' | 'inside' }> {
  const { a, b, c } = constraints[i];
  const wires = new Set([a, b, c].flatMap((l) => [...l.keys()]));
  wires.delete(0);
  const paths = [...wires].map((w) => names[w][0]);
  const components = new Map<string, Statement>();
  for (const path of paths) {
    const parts = path.split('.');
    parts.slice(0, -1).forEach((part, k) => {
      const statement = places.get(part.replace(/\[.*/, ''));
      if (statement) components.set(parts.slice(0, k + 1).join('.'), statement);
    });
  }
  for (const [component, statement] of components) {
    const within = paths.filter((path) => path.startsWith(`${component}.`));
    if (within.length === paths.length) yield { statement, where: 'inside' };
    else {
      // an output is read by a signal of the statement, an input is set from outside
      const outside = paths.filter((path) => !path.startsWith(`${component}.`)).map((path) => path.split('.').at(-1)!);
      const targets: string[] =
        statement.kind === 'assign' ? statement.text.split('<==')[0].match(/[A-Za-z]\w*/g)! : [];
      const reads = outside.some((name) => targets.includes(name.replace(/\[.*/, '')));
      yield { statement, where: reads ? 'own' : 'fed' };
    }
  }
}
