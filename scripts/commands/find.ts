import { basename, dirname } from 'node:path';
import type { Command } from 'commander';
import type { Hex } from 'viem';
import { EXIT_CODES } from '../../src/errors/DescentError.ts';
import { openWeights } from '../actions/papers/checkFolder.ts';
import { shown } from '../actions/papers/finding.ts';
import { type ModelNode, readTree } from '../chain/readRegistry.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type ChainOptions, type CommonOptions, openRegistry, outputOf, withChain, withCommon } from './options.ts';

const HELP = `
Weights with their salt are looked up by their commitment: no other numbers have it. Any file is also looked up by its
SHA-256 among the files that imports are said to come from; that is declared and not proved. Floats that were exported hold
no salt, so nothing shows which model they are. Exit code 0 where the weights are a registered model, else 6.`;

export function addFindCommand(program: Command): void {
  withChain(withCommon(program.command('find')))
    .description('say which registered model a file of weights is, or which imports are said to come from it')
    .argument('<file>', 'weights of any format')
    .addHelpText('after', HELP)
    .action(async (file: string, options: CommonOptions & ChainOptions) => {
      const output = outputOf(options);
      const { chain, registry } = await openRegistry(options);
      const [{ sha256, id, says }] = await openWeights(dirname(file), [basename(file)]);
      const nodes = await readTree(chain, registry, { output });
      const found = nodes.find((node) => node.id === id);
      const imports = nodes.filter(({ kind, source }) => kind === 'import' && source === `0x${sha256}`);
      output.result(
        {
          file,
          sha256: `0x${sha256}`,
          chainId: chain.id,
          registry,
          model: id ?? null,
          registered: found !== undefined,
          ...(found && { kind: found.kind, trainer: found.trainer, transaction: found.transaction }),
          declaredSourceOf: imports.map((node) => node.id),
          says: says ?? null,
        },
        [
          ...describeModel(id, found, registry),
          ...imports.map((node) => `An import is said to come from this file, which nothing proves: ${node.id}`),
          ...(says === undefined
            ? []
            : [`Its metadata says that it is ${shown(says)}: anybody can write that, and nothing shows it.`]),
        ].join('\n'),
      );
      if (found === undefined) process.exitCode = EXIT_CODES.open;
    });
}

function describeModel(id: Hex | undefined, found: ModelNode | undefined, registry: Hex): string[] {
  if (id === undefined)
    return [
      `Not registered here by its numbers: the file holds no weights with their salt, so it opens no commitment.`,
    ];
  if (found === undefined)
    return [`Not registered here: the weights are the model ${id}, which the registry ${registry} does not know.`];
  return [
    `The weights are the registered model ${id} (${found.kind}), proved by ${found.trainer}.`,
    `${commandLine('verify', id)} checks its proof.`,
  ];
}
