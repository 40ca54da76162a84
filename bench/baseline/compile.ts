import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, runCompiler } from '../../scripts/build/circuits.ts';
import { R1cs } from '../../scripts/setup/r1cs.ts';
import { BASELINE_FOLDER } from './files.ts';

export interface CompiledBaseline {
  constraints: number;
  r1cs: R1cs;
  /** The witness calculator. */
  wasm: Uint8Array;
  /** Of everything it was compiled from. */
  hash: string;
  seconds: number;
}

/**
 * Compiles a generated `main` unless it is there, with the options of the project's own circuits: full simplification,
 * which leaves no linear constraint, so this is the baseline at its best.
 * @param name of the folder to make.
 * @throws Error with the compiler's words.
 */
export async function compileBaseline(name: string, main: string): Promise<CompiledBaseline> {
  const began = performance.now();
  await mkdir(BASELINE_FOLDER, { recursive: true });
  const { constraints, r1cs, wasm, hash } = await compile({ name, main, folder: join(BASELINE_FOLDER, name) });
  return {
    constraints,
    r1cs: new R1cs(new Uint8Array(await readFile(r1cs)), name),
    wasm: new Uint8Array(await readFile(wasm)),
    hash,
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * Counts the constraints of a `main` with a product in them, without the slow simplification that removes the others.
 * @throws Error with the compiler's words, also where it runs out of memory.
 */
export async function countProducts(name: string, main: string): Promise<number> {
  const folder = join(BASELINE_FOLDER, name);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.circom`);
  await writeFile(file, main);
  const text = await runCompiler(file, folder, ['--O1', '--r1cs']);
  const found = /^non-linear constraints: (\d+)$/m.exec(text);
  if (!found) throw new Error(`the compiler counted nothing:\n${text}`);
  return Number(found[1]);
}
