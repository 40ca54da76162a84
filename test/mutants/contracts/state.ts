// What is known of the mutants of one source: kept after each, so that a run can be interrupted.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Mutant } from './mutate.ts';
import type { Verdict } from './worker.ts';

/** SHA-256 of a source without its comments and the width of its spaces. */
export function sourceHash(source: string): string {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/\s+/g, ' ');
  return createHash('sha256').update(code).digest('hex');
}

export class State {
  readonly hash: string;
  readonly #file: string;
  readonly #verdicts: Record<string, Verdict>;

  /** @param hash of the source: verdicts on another one are forgotten */
  constructor(file: string, hash: string) {
    this.#file = file;
    this.hash = hash;
    const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    this.#verdicts = kept.hash === hash ? kept.verdicts : {};
  }

  verdict(mutant: Mutant): Verdict | undefined {
    return this.#verdicts[mutant.key];
  }

  record(mutant: Mutant, verdict: Verdict): void {
    this.#verdicts[mutant.key] = verdict;
    writeFileSync(`${this.#file}.new`, JSON.stringify({ hash: this.hash, verdicts: this.#verdicts }, null, 1));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
