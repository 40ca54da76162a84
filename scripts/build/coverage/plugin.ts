// A Hardhat plugin that adds branches to what `--coverage` counts. Without that option it does nothing.
import { join, relative, sep } from 'node:path';
import type { HardhatPlugin } from 'hardhat/types/plugins';
import type { Counted } from './report.ts';

/**
 * Counts the branches of every source whose statements Hardhat counts, prints lines, statements and branches after a test
 * run, and makes the process fail when any was missed.
 * @param counted receives what is counted, by the sources' paths
 */
export function branchCoverage(counted = new Map<string, Counted>()): HardhatPlugin {
  return {
    id: 'descent-branch-coverage',
    hookHandlers: {
      solidity: factory(async () => ({
        preprocessProjectFileBeforeBuilding: async (context, sourceName, fsPath, content, version, next) => {
          const instrumented = await next(context, sourceName, fsPath, content, version);
          if (!context.globalOptions.coverage) return instrumented;
          // The compiler is loaded only when it is needed: this file is part of Hardhat's configuration.
          const { countBranches, statementTags } = await import('./countBranches.ts');
          const statements = statementTags(instrumented);
          if (statements.length === 0) return instrumented;
          const path = relative(context.config.paths.root, fsPath).split(sep).join('/');
          const { source, branches } = countBranches(path, content, instrumented);
          counted.set(path, { statements, branches });
          return source;
        },
      })),
      test: factory(async () => ({
        onTestRunDone: async (context, id, next) => {
          await next(context, id);
          if (!context.globalOptions.coverage) return;
          const { coverageReport, readHits, readLines } = await import('./report.ts');
          const folder = join(context.config.paths.root, 'coverage');
          const hits = readHits(join(folder, 'data', id));
          const { text, complete } = coverageReport(counted, readLines(join(folder, 'lcov.info')), hits);
          console.log(`${text}\n`);
          if (!complete) process.exitCode = 1;
        },
      })),
    },
  };
}

/** Hardhat wants what a hook's module would export by default. */
function factory<T>(handlers: () => Promise<T>): () => Promise<{ default: () => Promise<T> }> {
  return async () => ({ default: handlers });
}
