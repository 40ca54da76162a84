import type { Command } from 'commander';
import { formatShape, parseShape } from '../../src/model/anyShape.ts';
import { seedCapacity } from '../../src/model/capacity.ts';
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

/** How convolutional networks are written. */
export const NOTATION = `
A convolutional network is written as its pictures, side x side x channels, and its layers: cNkKsSpP is a convolution to N
channels with a kernel of K x K, a stride of S (1 or 2; 1 may be left out) and a padding of P (0 may be left out), a2 says that the next layer
reads averages over 2x2 pixels, and a number is a dense layer. Rows for it are made with descent data --picture.`;

export function addSeedCommand(program: Command): void {
  withHead(withCommon(withKey(withChain(program.command('seed')))), ' (default)')
    .description('draw a seed on chain, derive the first weights of a network from it and prove them')
    .addHelpText('after', NOTATION)
    .requiredOption(
      '--shape <shape>',
      'of the network: widths, inputs first, such as 49-32-10, or a convolutional one: 28x28x1-c8k5s2p2-a2-c16k3p1-64-10',
    )
    .option('--run <name>', 'name of the run folder (default: made of shape and head)')
    .action(async (options: SeedOptions) => {
      const output = outputOf(options);
      const shape = parseShape(options.shape, headOf(options));
      seedCapacity(shape);
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
        const made = { model: run.file('seed', 'model'), shape: formatShape(shape), head: shape.head };
        printEdges(run, edges, output, made, nextOptions(options));
      } finally {
        run.close();
      }
    });
}
