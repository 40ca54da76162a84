import type { Command } from 'commander';
import { renderTree } from '../actions/renderTree.ts';
import { parseAddress } from '../chain/client.ts';
import { readNames } from '../chain/readCards.ts';
import { readTree } from '../chain/readRegistry.ts';
import {
  type CardsOptions,
  type CommonOptions,
  type FromBlockOptions,
  openRegistry,
  outputOf,
  withCards,
  withChain,
  withCommon,
  withFromBlock,
} from './options.ts';

interface TreeOptions extends CommonOptions, CardsOptions, FromBlockOptions {}

export function addTreeCommand(program: Command): void {
  withFromBlock(withCards(withCommon(withChain(program.command('tree')))))
    .description('draw the tree of all models of a registry')
    .action(async (options: TreeOptions) => {
      const output = outputOf(options);
      const { chain, registry } = await openRegistry(options);
      const reading = { fromBlock: options.fromBlock, output };
      const nodes = await readTree(chain, registry, reading);
      const cards = options.cards === undefined ? undefined : parseAddress(options.cards, '--cards');
      const names =
        cards === undefined ? new Map<string, string>() : await readNames(chain, cards, { ...reading, registry });
      const extra = new Map([...names].map(([id, name]) => [id, `"${name}"`]));
      output.result(
        { chainId: chain.id, registry, nodes: nodes.map((node) => ({ ...node, name: names.get(node.id) })) },
        nodes.length === 0 ? 'The registry holds no models yet.' : renderTree(nodes, { extra }),
      );
    });
}
