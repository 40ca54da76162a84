import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CIRCUIT_NAMES, type Circuit } from '../../src/registry/programs/list.ts';
import { projectRoot } from './projectRoot.ts';

/** Circuits whose keys the page hands out. */
export const FILE_CIRCUITS: readonly string[] = CIRCUIT_NAMES;

/** Bytes of circuit and proving key, of the circuits that the server has. */
export type ProvingBytes = Partial<Record<Circuit, number>>;

/** Bytes of one power of tau. */
export const POINT_BYTES = 64;

/** What the browser's verifier and prover may fetch, by name; nothing else of the disk. */
export function servedFile(name: string): { path: string; type: string } | undefined {
  const setup = join(projectRoot(), 'build', 'setup');
  if (name === 'srs.points') return existing(join(setup, name), 'application/octet-stream');
  const match = /^([a-zA-Z]+)\.(vkey\.json|zkey|wasm)$/.exec(name);
  if (!match || !FILE_CIRCUITS.includes(match[1])) return undefined;
  const [, circuit, kind] = match;
  if (kind === 'wasm') return existing(join(projectRoot(), 'build', 'circuits', circuit, name), 'application/wasm');
  return existing(join(setup, name), kind === 'zkey' ? 'application/octet-stream' : 'application/json');
}

/** Bytes of circuit and proving key of every circuit that is there, for proving in the browser; undefined without powers of tau. */
export function provingBytes(): ProvingBytes | undefined {
  if (servedFile('srs.points') === undefined) return undefined;
  const sizes = CIRCUIT_NAMES.map((circuit) => {
    const files = [servedFile(`${circuit}.zkey`), servedFile(`${circuit}.wasm`)];
    return [
      circuit,
      files.reduce((sum, file) => sum + (file ? statSync(/*turbopackIgnore: true*/ file.path).size : Number.NaN), 0),
    ];
  });
  return Object.fromEntries(sizes.filter(([, size]) => !Number.isNaN(size)));
}

function existing(path: string, type: string): { path: string; type: string } | undefined {
  return existsSync(/*turbopackIgnore: true*/ path) && statSync(/*turbopackIgnore: true*/ path).isFile()
    ? { path, type }
    : undefined;
}
