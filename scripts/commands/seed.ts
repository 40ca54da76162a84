import type { Command } from 'commander';
import { seedCapacity } from '../../src/model/capacity.ts';
import { parseWidths } from '../../src/model/shape.ts';
import { seedInputs, seedRun } from '../actions/seedRun.ts';
import { requireChainId } from '../chain/client.ts';
import { GAS_AT_MOST, requireFunds } from '../chain/funds.ts';
import { loadAccount } from '../chain/keys.ts';
import { modelLabel } from '../files/models.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import {
  type ChainOptions,
  type CommonOptions,
  headOf,
  nextOptions,
  openRegistry,
  outputOf,
  withChain,
  withCommon,
  withHead,
  withKey,
} from './options.ts';
import { printEdges } from './prove.ts';

interface SeedOptions extends CommonOptions, ChainOptions {
  shape: string;
  head?: string;
  run?: string;
}

export function addSeedCommand(program: Command): void {
  withHead(withCommon(withKey(withChain(program.command('seed')))), ' (default)')
    .description('draw a seed on chain, derive the first weights of a network from it and prove them')
    .requiredOption('--shape <widths>', 'widths of the network, inputs first, such as 49-32-10')
    .option('--run <name>', 'name of the run folder (default: made of shape and head)')
    .action(async (options: SeedOptions) => {
      const output = outputOf(options);
      const shape = { widths: parseWidths(options.shape), head: headOf(options) };
      seedCapacity(shape.widths);
      const { chain, registry } = await openRegistry(options);
      const account = loadAccount(options, chain.id);
      const context = { chain, registry, account };
      const run = Run.start(
        runFolder(options.runs, options.run ?? `seed-${modelLabel(shape).replaceAll(' ', '-')}`),
        'seed',
        seedInputs(shape, context),
      );
      try {
        if (!run.isDone('request')) {
          await requireChainId(chain);
          await requireFunds(chain, account.address, GAS_AT_MOST.requestSeed + GAS_AT_MOST.seed);
        }
        await seedRun(run, shape, context, output);
        const destination = { chainId: BigInt(chain.id), registry, trainer: account.address, chain };
        const edges = await proveHere(run, destination, output);
        const made = { model: run.file('seed', 'model'), shape: shape.widths.join('-'), head: shape.head };
        printEdges(run, edges, output, made, nextOptions(options));
      } finally {
        run.close();
      }
    });
}
