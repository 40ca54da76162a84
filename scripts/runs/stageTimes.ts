import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from '../../src/registry/programs/list.ts';
import { writeDurably } from '../files/durable.ts';
import type { Output } from '../terminal/output.ts';

const FILE = join(fileURLToPath(new URL('../..', import.meta.url)), 'build', 'prove-times.json');
const TICK_MS = 500;

type Times = Partial<Record<Program, { name: string; seconds: number }[]>>;

/** Shows a proof's stages as progress; how long each takes is guessed from the last proof of the program, if any. */
export interface ProofProgress {
  onStage(name: string): void;
  /** The proof is done; remembers its times for the next guess. */
  finish(stages: { name: string; seconds: number }[]): void;
  /** Stops showing, whatever happened. */
  stop(): void;
}

export function showProof(program: Program, label: string, output: Output): ProofProgress {
  const known = readTimes()[program] ?? [];
  const total = known.reduce((sum, { seconds }) => sum + seconds, 0);
  let before = 0;
  let expected = 0;
  let begun = performance.now();
  let current = '';
  const tick = () => {
    const spent = Math.min(expected, (performance.now() - begun) / 1000);
    output.progress.update(total > 0 ? (before + spent) / total : 0, current);
  };
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  output.progress.stage(label);
  return {
    onStage(name) {
      const at = known.findIndex((stage) => stage.name === name);
      before = at < 0 ? before + expected : known.slice(0, at).reduce((sum, { seconds }) => sum + seconds, 0);
      expected = at < 0 ? 0 : known[at].seconds;
      begun = performance.now();
      current = name;
      tick();
    },
    finish(stages) {
      try {
        writeDurably(FILE, `${JSON.stringify({ ...readTimes(), [program]: stages }, null, 2)}\n`);
      } catch {
        // a guess that cannot be kept is no reason to lose a proof
      }
    },
    stop() {
      clearInterval(timer);
      output.progress.done();
    },
  };
}

function readTimes(): Times {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Times;
  } catch {
    return {};
  }
}
