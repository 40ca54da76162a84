// Compiles the programs of circuits/circuits.json to build/circuits/<program>/<program>.{r1cs,wasm,sym}.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const CIRCUITS = join(ROOT, 'circuits');
const OUTPUT = join(ROOT, 'build/circuits');
const LIBRARIES = [CIRCUITS, join(ROOT, 'node_modules')];
/** Full simplification: no linear constraint is left, which is what the pinned counts and the provers' times assume. */
const SIMPLIFICATION = '--O2';
const OUTPUTS = ['--r1cs', '--wasm', '--sym'];
const require = createRequire(import.meta.url);

/** An entry of circuits/circuits.json. */
export interface CircuitEntry {
  program: string;
  /** program id of the statement (protocol section 2) */
  id: number;
  /** file below circuits/ and its template */
  file: string;
  template: string;
  parameters: number[];
}

/** A compiled circuit: paths, size, and the hash of everything it was compiled from. */
export interface BuiltCircuit {
  r1cs: string;
  wasm: string;
  sym: string;
  constraints: number;
  hash: string;
}

export interface BuildOptions {
  onProgress?: (message: string) => void;
}

/** The list of programs. */
export function circuitEntries(): CircuitEntry[] {
  const { programs } = JSON.parse(readFileSync(join(CIRCUITS, 'circuits.json'), 'utf8')) as {
    programs: CircuitEntry[];
  };
  return programs;
}

/** Circuits that are compiled at the same time: the compiler takes one core and up to 2 GiB. */
const COMPILERS = 2;

/**
 * Compiles what is not there yet, two circuits at a time.
 * @param programs default: all of circuits.json
 * @throws Error for an unknown program, a missing include or a circuit that does not compile (with the compiler's words)
 */
export async function buildCircuits(
  programs?: readonly string[],
  { onProgress = () => {} }: BuildOptions = {},
): Promise<Record<string, BuiltCircuit>> {
  const entries = circuitEntries();
  const waiting = (programs ?? entries.map((e) => e.program)).map((program) => {
    const entry = entries.find((e) => e.program === program);
    if (!entry) throw new Error(`circuits.json has no program ${program}`);
    return entry;
  });
  const built: Record<string, BuiltCircuit> = {};
  const compiler = async () => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      const { program } = entry;
      const work = { name: program, main: mainOf(entry), folder: join(OUTPUT, program) };
      built[program] = await compile(work, { onProgress });
    }
  };
  await Promise.all(Array.from({ length: COMPILERS }, compiler));
  return built;
}

/** The main component of a program: outputs c and v, public input fold (protocol, section 2). */
export function mainOf({ file, template, parameters }: CircuitEntry): string {
  return [
    'pragma circom 2.2.0;',
    `include "${file}";`,
    `component main {public [fold]} = ${template}(${parameters.join(', ')});`,
    '',
  ].join('\n');
}

export interface CircuitSource {
  /** file name without ending */
  name: string;
  /** text of the main file */
  main: string;
  /** where the outputs go */
  folder: string;
  /** the compiler's degree of simplification, default --O2 */
  simplification?: '--O0' | '--O1' | '--O2';
}

/**
 * Compiles one main file into a folder unless it holds the same already. Outputs are renamed into place and the record
 * comes last, so an interrupted build is never taken for a complete one.
 */
export async function compile(
  { name, main, folder, simplification = SIMPLIFICATION }: CircuitSource,
  { onProgress }: BuildOptions = {},
): Promise<BuiltCircuit> {
  const options = [simplification, ...OUTPUTS];
  const hash = hashOf(main, options);
  const path = (ending: string) => join(folder, `${name}.${ending}`);
  const record = join(folder, 'circuit.json');
  const paths = { r1cs: path('r1cs'), wasm: path('wasm'), sym: path('sym') };
  if (existsSync(record) && Object.values(paths).every(existsSync)) {
    const known = JSON.parse(await readFile(record, 'utf8'));
    if (known.hash === hash) return { ...paths, constraints: known.constraints as number, hash };
  }

  onProgress?.(`compiling ${name}`);
  const began = performance.now();
  await removeLeftovers(folder);
  const work = `${folder}.tmp-${process.pid}`;
  await mkdir(work, { recursive: true });
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(work, `${name}.circom`), main);
    await runCompiler(join(work, `${name}.circom`), work, options);
    await rename(join(work, `${name}_js`, `${name}.wasm`), join(work, `${name}.wasm`));
    const constraints = await countConstraints(join(work, `${name}.r1cs`));
    await rm(record, { force: true });
    for (const file of Object.values(paths)) await rename(join(work, relative(folder, file)), file);
    await writeFile(join(work, 'circuit.json'), `${JSON.stringify({ hash, constraints }, null, 2)}\n`);
    await rename(join(work, 'circuit.json'), record);
    onProgress?.(`${name}: ${constraints} constraints, ${Math.round((performance.now() - began) / 1000)} s`);
    return { ...paths, constraints, hash };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Runs the compiler with our include paths, or others, and hands back what it printed.
 * @throws Error with the compiler's words when it fails
 */
export function runCompiler(
  main: string,
  output: string,
  options: readonly string[],
  libraries: readonly string[] = LIBRARIES,
): Promise<string> {
  const args = [relative(ROOT, main), ...options, '-o', relative(ROOT, output)];
  for (const library of libraries) args.push('-l', relative(ROOT, library));
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [require.resolve('circom2/cli.js'), ...args], { cwd: ROOT });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      const plain = stripColours(text);
      if (code === 0) done(plain);
      else fail(new Error(`circom could not compile ${relative(ROOT, main)}:\n${plain.trim()}`));
    });
  });
}

function stripColours(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
}

/** Working folders of builds that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(relative(parent, `${folder}.tmp-`)) ? Number(name.split('.tmp-')[1]) : 0;
    if (pid && !isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Hash of a main file, all it includes, the compiler and its options. */
function hashOf(main: string, options: readonly string[]): string {
  const seen = new Map<string, string>();
  const visit = (text: string, folder: string) => {
    for (const [, name] of text.matchAll(/^\s*include\s+"([^"]+)"\s*;/gm)) {
      const file = [folder, ...LIBRARIES].map((base) => resolve(base, name)).find(existsSync);
      if (!file) throw new Error(`cannot find the include "${name}"`);
      if (seen.has(file)) continue;
      const included = readFileSync(file, 'utf8');
      seen.set(file, included);
      visit(included, dirname(file));
    }
  };
  visit(main, CIRCUITS);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([require('circom2/package.json').version, options, main]));
  for (const [file, text] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(JSON.stringify([relative(ROOT, file), text]));
  return hash.digest('hex');
}

/** The number of constraints in the header of an r1cs file (format version 1). */
async function countConstraints(path: string): Promise<number> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(12);
    await file.read(head, 0, 12, 0);
    const sections = head.readUInt32LE(8);
    let at = 12;
    for (let i = 0; i < sections; i++) {
      await file.read(head, 0, 12, at);
      const [type, size] = [head.readUInt32LE(0), Number(head.readBigUInt64LE(4))];
      if (type === 1) {
        const header = Buffer.alloc(size);
        await file.read(header, 0, size, at + 12);
        return header.readUInt32LE(size - 4);
      }
      at += 12 + size;
    }
  } finally {
    await file.close();
  }
  throw new Error(`${path} has no header section`);
}

if (import.meta.main) {
  const built = await buildCircuits(process.argv.length > 2 ? process.argv.slice(2) : undefined, {
    onProgress: (message) => console.log(message),
  });
  for (const [program, { constraints }] of Object.entries(built)) console.log(`${program}: ${constraints} constraints`);
}
