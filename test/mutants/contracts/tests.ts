// The files of tests, what each of them deploys and how long it takes.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Compiler } from './compiler.ts';
import type { TestFile } from './worker.ts';
import { ROOT, type Workers } from './workers.ts';

/** They test files, sizes and commands: not what contracts do, or in processes of their own. */
const OTHERS =
  /(branchCoverage|clearSigning|codeHere|deployCommand|documentation|hardForks|package|size|sourcify)\.test/;

const SUPPORT = 'test/contracts/support';

/** Runs every file of tests on the sources as written, unless its result is kept. */
export async function profileAll(compiler: Compiler, workers: Workers, file: string): Promise<TestFile[]> {
  const kept: Record<string, TestFile> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const support = readdirSync(join(ROOT, SUPPORT)).map((name) => readFileSync(join(ROOT, SUPPORT, name), 'utf8'));
  const shared = [...compiler.paths.map((path) => compiler.source(path)), ...support].join('');
  const known: Record<string, TestFile> = {};
  const paths = readdirSync(join(ROOT, 'test/contracts'))
    .filter((name) => name.endsWith('.test.ts') && !OTHERS.test(name))
    .map((name) => `test/contracts/${name}`);
  await workers.all(paths, async (path, worker) => {
    const hash = createHash('sha256')
      .update(shared)
      .update(readFileSync(join(ROOT, path)))
      .digest('hex');
    known[hash] = kept[hash] ?? (await worker.profile(path));
    if (kept[hash] === undefined) {
      const { seconds, contracts, failing } = known[hash];
      process.stderr.write(`${path}: ${seconds} s, ${contracts.join(' ')}\n`);
      for (const test of failing) process.stderr.write(`  fails without the optimizer: ${test}\n`);
    }
    writeFileSync(file, JSON.stringify({ ...kept, ...known }, null, 1));
  });
  return Object.values(known);
}
