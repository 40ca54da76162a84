// Runs Slither (pip install slither-analyzer) on the contracts. It gets the syntax trees of the compiler of the lock file: no
// native compiler is needed. What it finds is answered in docs/static-analysis.md.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A project of Hardhat as Slither knows it. */
const PROJECT = join(ROOT, 'build/slither');
const IMPORT = /^\s*(?:import|\} from)[^;]*?["']([^"']+)["'];/gm;
/** Everything is reported but matters of style and of gas. */
const FLAGS = ['--compile-force-framework', 'hardhat', '--hardhat-ignore-compile', '--hardhat-artifacts-directory'];
const SHOWN = ['--filter-paths', 'node_modules', '--exclude-informational', '--exclude-optimization'];

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, { evm?: object }>>;
}

/** The sources that are deployed or shown as examples, and all that they import. */
function sourcesOf(): Record<string, { content: string }> {
  const files = readdirSync(join(ROOT, 'contracts'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sol') && !name.startsWith('mocks'))
    .map((name) => `contracts/${name}`);
  const sources: Record<string, { content: string }> = {};
  for (let path = files.pop(); path !== undefined; path = files.pop()) {
    if (Object.hasOwn(sources, path)) continue;
    const content = readFileSync(join(ROOT, path.startsWith('@') ? 'node_modules' : '', path), 'utf8');
    sources[path] = { content };
    for (const [, name] of content.matchAll(IMPORT))
      files.push(name.startsWith('.') ? join(dirname(path), name) : name);
  }
  return sources;
}

/** Compiles as far as the syntax trees and puts them where Slither looks for what Hardhat compiled. */
function writeProject(): void {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string; version(): string };
  const outputSelection = { '*': { '*': ['abi', 'userdoc', 'devdoc', 'evm.methodIdentifiers'], '': ['ast'] } };
  const sources = sourcesOf();
  const input = { language: 'Solidity', sources, settings: { evmVersion: 'prague', outputSelection } };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
  // Slither reads the trees alone, but wants a place for code.
  const code = { object: '', opcodes: '', sourceMap: '', linkReferences: {}, immutableReferences: {} };
  for (const contract of Object.values(output.contracts).flatMap((contracts) => Object.values(contracts))) {
    contract.evm = { ...contract.evm, bytecode: code, deployedBytecode: code };
  }
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(join(PROJECT, 'artifacts/build-info'), { recursive: true });
  const solcVersion = solc.version().split('+')[0];
  const info = { _format: 'hh-sol-build-info-1', id: 'slither', solcVersion, solcLongVersion: solc.version() };
  writeFileSync(join(PROJECT, 'artifacts/build-info/slither.json'), JSON.stringify({ ...info, input, output }));
  writeFileSync(join(PROJECT, 'hardhat.config.js'), 'module.exports = {};\n');
  cpSync(join(ROOT, 'contracts'), join(PROJECT, 'contracts'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(PROJECT, 'node_modules'), 'dir');
}

writeProject();
const args = ['.', ...FLAGS, 'artifacts', ...SHOWN, ...process.argv.slice(2)];
const { error, status } = spawnSync('slither', args, { cwd: PROJECT, stdio: 'inherit' });
if (error !== undefined) {
  process.stderr.write(`Slither does not run (${error.message}). Install it: pip install slither-analyzer\n`);
  process.exitCode = 1;
} else process.exitCode = status ?? 1;
