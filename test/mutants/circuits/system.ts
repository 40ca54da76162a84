// A program's constraints as its sources say them, none simplified away, and the statement that each comes from.
//
// A compiled system does not name lines. So the program is compiled again with half of its statements weakened, once for
// each bit of a statement's number: a constraint that is missing where bit b is set in the weakened statements has bit b.
// The compiler lets no anonymous component be weakened so: those give their place to the names of their signals.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { circuitEntries, mainOf, runCompiler } from '../../../scripts/build/circuits.ts';
import { type R1cs, readR1cs } from '../../reference/r1cs.ts';
import { allStatements, CIRCUITS, circuitFiles, type Statement, weakened } from './statements.ts';

export const WORK = fileURLToPath(new URL('../../../build/mutants/circuits', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export interface System {
  program: string;
  r1cs: R1cs;
  /** of each statement by its key: its own constraints, those that feed an anonymous component and those inside of it */
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

/** The bytes of each constraint of an r1cs file. */
function slices(path: string): string[] {
  const file = readFileSync(path);
  let at = 12;
  let section = 0;
  let bytes = 0;
  let total = 0;
  for (let i = file.readUInt32LE(8); i > 0; i--) {
    const [type, size] = [file.readUInt32LE(at), Number(file.readBigUInt64LE(at + 4))];
    if (type === 1) {
      bytes = file.readUInt32LE(at + 12);
      total = file.readUInt32LE(at + 12 + size - 4);
    } else if (type === 2) section = at + 12;
    at += 12 + size;
  }
  const out: string[] = [];
  at = section;
  for (let i = 0; i < total; i++) {
    const from = at;
    for (let k = 0; k < 3; k++) at += 4 + file.readUInt32LE(at) * (4 + bytes);
    out.push(file.toString('latin1', from, at));
  }
  return out;
}

/** Numbers of the statements that the constraints come from, 0 for none. */
async function numbersOf(program: string, statements: readonly Statement[], say: (text: string) => void) {
  const path = await compiled(program, 'whole', CIRCUITS, true);
  const whole = slices(`${path}.r1cs`);
  const numbers = new Array<number>(whole.length).fill(0);
  const folder = join(WORK, program, 'circuits');
  for (let bit = 0; 1 << bit <= statements.length; bit++) {
    say(`${program}: constraints by statement, bit ${bit}`);
    rmSync(folder, { recursive: true, force: true });
    cpSync(CIRCUITS, folder, { recursive: true });
    for (const file of circuitFiles()) {
      const own = statements.filter((s, i) => s.file === file && (((i + 1) >> bit) & 1) === 1);
      writeFileSync(join(folder, file), weakened(readFileSync(join(CIRCUITS, file), 'utf8'), own));
    }
    const left = slices(`${await compiled(program, 'half', folder, false)}.r1cs`);
    let at = 0;
    whole.forEach((constraint, i) => {
      if (left[at] === constraint) at++;
      else numbers[i] |= 1 << bit;
    });
    if (at !== left.length) throw new Error(`${program}: weakened statements changed other constraints`);
  }
  rmSync(folder, { recursive: true, force: true });
  return numbers;
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
