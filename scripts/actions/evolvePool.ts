import { Worker } from 'node:worker_threads';
import type { Coefficients } from '../../src/model/merge-recipes.ts';
import type { Fitness } from '../../src/training/fitness.ts';
import type { ShardEntry } from '../runs/shards.ts';

/** What the threads of a search read. */
export interface EvolveFiles {
  parents: { parent: string; parentSha256: string }[];
  dev: ShardEntry[];
}

/** Measures children of the same parents on the same rows, side by side. */
export interface EvolvePool {
  /**
   * @param candidates coefficients of each child, [layer 1..L][parent], integers over 2^14
   * @param onDone is told after each how many are done
   * @returns in their order; undefined of a child that cannot be proved
   * @throws the first error of a thread
   */
  measure(candidates: readonly Coefficients[], onDone: (done: number) => void): Promise<(Fitness | undefined)[]>;
  close(): Promise<void>;
}

/** @param size threads, at least 1; each holds the parents and the rows in memory */
export function createEvolvePool(files: EvolveFiles, size: number): EvolvePool {
  const start = () => new Worker(new URL('./evolveWorker.ts', import.meta.url), { workerData: files });
  const workers = Array.from({ length: size }, start);
  return {
    measure(candidates, onDone) {
      const found: (Fitness | undefined)[] = [];
      let [next, done] = [0, 0];
      return new Promise((resolve, reject) => {
        if (candidates.length === 0) resolve([]);
        for (const worker of workers) {
          worker.removeAllListeners();
          let own = -1;
          const give = () => {
            if (next >= candidates.length) return;
            own = next++;
            worker.postMessage(candidates[own]);
          };
          worker.on('error', reject);
          worker.on('message', (fitness: Fitness | undefined) => {
            found[own] = fitness;
            onDone(++done);
            if (done === candidates.length) resolve(found);
            else give();
          });
          give();
        }
      });
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
