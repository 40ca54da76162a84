// Contracts as the compiler makes them from sources of which one may be changed: one contract at a time, only those that
// are asked for, and unless told otherwise without the optimizer, which takes most of the time.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import solc from 'solc';

const require = createRequire(import.meta.url);

/** A source with another text. */
export interface Change {
  path: string;
  text: string;
}

/** A source that the compiler does not take. */
export class CompilerRefuses extends Error {}

const PLAIN = { optimizer: { enabled: false } };
// Where the stack does not suffice. The other way of making code has no such limit, and takes longer.
const VIA_IR = { optimizer: { enabled: false }, viaIR: true };
const OPTIMIZED = { optimizer: { enabled: true, runs: 200 }, viaIR: true };

export class Compiler {
  readonly #sources = new Map<string, string>();
  /** By contract: the source that holds it. */
  readonly #home = new Map<string, string>();
  readonly #known = new Map<string, string>();
  readonly #changed = new WeakMap<Change, Map<string, string>>();
  readonly #viaIr = new Set<string>();

  constructor(root: string) {
    for (const path of solidityFiles(root, 'contracts')) {
      const text = readFileSync(join(root, path), 'utf8');
      this.#sources.set(path, text);
      for (const [, name] of text.matchAll(/^(?:abstract )?(?:contract|library|interface) (\w+)/gm)) {
        this.#home.set(name, path);
      }
    }
  }

  get paths(): string[] {
    return [...this.#sources.keys()];
  }

  source(path: string): string {
    return this.#sources.get(path) as string;
  }

  /** Whether it is a contract of these sources. */
  has(name: string): boolean {
    return this.#home.has(name);
  }

  /** Whether a contract's code is made from this source, among others. */
  isMadeFrom(name: string, path: string): boolean {
    return this.#imports(this.#home.get(name) as string).has(path);
  }

  /**
   * The code that creates a contract.
   * @throws CompilerRefuses
   */
  bytecode(name: string, change?: Change): string {
    const changed = change !== undefined && this.isMadeFrom(name, change.path) ? change : undefined;
    const known = changed === undefined ? this.#known : (this.#changed.get(changed) ?? new Map<string, string>());
    if (changed !== undefined) this.#changed.set(changed, known);
    const bytecode = known.get(name) ?? this.#compile(name, changed);
    known.set(name, bytecode);
    return bytecode;
  }

  /** Whether the optimizer makes the same of a changed source as of the source as written. */
  isSameOptimized(name: string, change: Change): boolean {
    const original = `${name} optimized`;
    const known = this.#known.get(original) ?? this.#run(name, OPTIMIZED);
    this.#known.set(original, known);
    return this.#run(name, OPTIMIZED, change) === known;
  }

  #compile(name: string, change?: Change): string {
    if (!this.#viaIr.has(name)) {
      try {
        return this.#run(name, PLAIN, change);
      } catch (error) {
        if (!(error instanceof CompilerRefuses) || !error.message.includes('Stack too deep')) throw error;
        if (change === undefined) this.#viaIr.add(name);
      }
    }
    return this.#run(name, VIA_IR, change);
  }

  #run(name: string, settings: object, change?: Change): string {
    const home = this.#home.get(name) as string;
    const sources = Object.fromEntries([...this.#imports(home)].map((path) => [path, { content: this.source(path) }]));
    if (change !== undefined) sources[change.path] = { content: change.text };
    const input = {
      language: 'Solidity',
      sources,
      settings: {
        ...settings,
        evmVersion: 'prague',
        metadata: { bytecodeHash: 'none', appendCBOR: false },
        outputSelection: { [home]: { [name]: ['evm.bytecode.object'] } },
      },
    };
    const read = (path: string) => ({ contents: readFileSync(require.resolve(path), 'utf8') });
    const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
    const failure = output.errors?.find(({ severity }: { severity: string }) => severity === 'error');
    if (failure) throw new CompilerRefuses(failure.formattedMessage);
    return `0x${output.contracts[home][name].evm.bytecode.object}`;
  }

  /** A source and all that it imports. */
  #imports(path: string, found = new Set<string>()): Set<string> {
    if (found.has(path) || !this.#sources.has(path)) return found;
    found.add(path);
    for (const [, to] of this.source(path).matchAll(/^import [^;]*"(\.[^"]+)";/gm)) {
      this.#imports(join(path, '..', to), found);
    }
    return found;
  }
}

/** Solidity sources below a folder. */
function solidityFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return solidityFiles(root, path);
    return entry.name.endsWith('.sol') ? [path] : [];
  });
}
