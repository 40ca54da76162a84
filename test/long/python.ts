// The verifier in Python, as the long tests call it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Inputs, Value } from '../reference/tensors.ts';
import { runCircuit } from '../reference/witness.ts';

const FOLDER = fileURLToPath(new URL('../../verifiers/python', import.meta.url));

/** Whether every change of every dump is tried, and every proof made. */
export const EVERY = process.env.DESCENT_EVERY_MUTATION === '1';

export interface Answer {
  code: number | null;
  text: string;
}

export function python(args: string[], input = ''): Answer {
  const { status, stdout, stderr, error } = spawnSync('python3', args, { cwd: FOLDER, encoding: 'utf8', input });
  if (error) throw error;
  return { code: status, text: stdout + stderr };
}

export const verify = (...args: string[]) => python(['verify.py', ...args]);

/** Demands that files are accepted. */
export function acceptedByPython(files: readonly string[]): void {
  const { code, text } = verify(...files);
  assert.equal(code, 0, text);
}

/** Demands that dumps with one field changed are refused. @param sample how many changes of each are tried unless all are */
export function changesRefused(sample: number, files: readonly string[]): void {
  const { code, text } = verify('--mutate', ...(EVERY ? [] : [`--sample=${sample}`]), ...files);
  assert.equal(code, 0, text);
  assert.equal(text.match(/ of \d+ changes$/gm)?.length, files.length);
}

/**
 * Proofs that are sums over indices, made in Python from the protocol: no prover of the project has a part in them.
 * @returns their names in the folder
 */
export function madeInPython(folder: string, programs: readonly string[]): string[] {
  const { code, text } = python(['whole.py', folder, ...programs]);
  assert.equal(code, 0, text);
  return readdirSync(folder).flatMap((file) => (file.includes('inputs') ? [] : [file.replace('.json', '')]));
}

// biome-ignore lint/suspicious/noExplicitAny: what a file has
export type Dump = any;

/** Why a dump is refused after a change. @param path where the changed one is written */
export function reasonOf(file: string, path: string, change: (own: Dump) => void): string | undefined {
  const own = JSON.parse(readFileSync(file, 'utf8'));
  change(own);
  writeFileSync(path, JSON.stringify(own));
  return verify(path).text.split(': refused: ')[1]?.trim();
}

const numbers = (value: unknown): Value => (Array.isArray(value) ? value.map(numbers) : BigInt(value as string));

/** A circuit's inputs as Python wrote them. */
function inputsOf(text: Record<string, unknown>): Inputs {
  return Object.fromEntries(Object.entries(text).map(([name, value]) => [name, numbers(value)]));
}

/** Demands that a circuit accepts a proof that Python made, with the same digest and the same fold. */
export async function acceptedBy(
  circuits: Record<string, { wasm: string }>,
  folder: string,
  name: string,
): Promise<void> {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { signals, program } = read(`${name}.json`);
  const { c, v, fold } = signals;
  const found = await runCircuit(circuits[program].wasm, inputsOf(read(`${name}.inputs.json`)));
  assert.deepEqual(found, [c, v, fold].map(BigInt), name);
}
