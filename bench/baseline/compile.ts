import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = 'build/bench';

export interface CompiledBaseline {
  /** What the compiler counted. */
  constraints: { nonLinear: number; linear: number; total: number };
  /** The constraint system, as a file. */
  r1csFile: string;
  /** The witness calculator; absent when only counting. */
  wasm: Uint8Array | undefined;
  seconds: number;
}

/**
 * Compiles a generated `main`, fully simplified (--O2), which removes every linear constraint: the baseline at its best.
 * @param name of the files to make.
 * @throws Error with the compiler's words when it refuses or runs out of memory.
 */
export async function compileBaseline(
  name: string,
  main: string,
  { witness = true }: { witness?: boolean } = {},
): Promise<CompiledBaseline> {
  await mkdir(join(ROOT, OUTPUT), { recursive: true });
  await writeFile(join(ROOT, OUTPUT, `${name}.circom`), main);
  const began = performance.now();
  const text = await circom([
    `${OUTPUT}/${name}.circom`,
    ...['-l', 'node_modules', '-l', 'bench/baseline', '-o', OUTPUT, '--O2', '--r1cs'],
    ...(witness ? ['--wasm'] : []),
  ]);
  const seconds = (performance.now() - began) / 1000;
  const count = (kind: string) => Number(new RegExp(`^${kind} constraints: (\\d+)$`, 'm').exec(text)?.[1]);
  const [nonLinear, linear] = [count('non-linear'), count('linear')];
  if (!Number.isInteger(nonLinear) || !Number.isInteger(linear)) throw new Error(`circom counted nothing:\n${text}`);
  return {
    constraints: { nonLinear, linear, total: nonLinear + linear },
    r1csFile: join(ROOT, OUTPUT, `${name}.r1cs`),
    wasm: witness ? await readFile(join(ROOT, OUTPUT, `${name}_js`, `${name}.wasm`)) : undefined,
    seconds,
  };
}

function circom(args: string[]): Promise<string> {
  const cli = createRequire(import.meta.url).resolve('circom2/cli.js');
  return new Promise((resolve, reject) => {
    // The compiler's WebAssembly sees only the folder it runs in.
    const child = spawn(process.execPath, [cli, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const read = (data: Buffer) => {
      text += data.toString();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`circom ended with ${code}:\n${text.slice(-2000)}`)),
    );
  });
}
