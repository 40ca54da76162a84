// What a run says while it goes on, on stderr.
import type { Mutant } from './mutate.ts';
import type { Verdict } from './worker.ts';

export class Progress {
  readonly #all: number;
  readonly #begun = Date.now();
  #count = 0;

  constructor(all: number) {
    this.#all = all;
  }

  done(path: string, { line, key }: Mutant, { outcome, by, why }: Verdict): void {
    const seconds = (Date.now() - this.#begun) / 1000;
    const left = Math.ceil((seconds / ++this.#count) * (this.#all - this.#count));
    const what = outcome === 'killed' ? `killed by ${by ?? 'its own end'} (${why})` : `${outcome} ${why ?? ''}`;
    process.stderr.write(`${this.#count}/${this.#all}, ${clock(left)} left  ${path}:${line} ${key}\n  ${what}\n`);
  }
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
