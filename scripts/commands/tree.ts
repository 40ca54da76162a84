import type { Command } from 'commander';
import type { Address } from 'viem';
import { realLearningRate } from '../../src/training/trainer.ts';
import { parseAddress } from '../chain/client.ts';
import { readNames } from '../chain/readCards.ts';
import { type ModelNode, readTree } from '../chain/readRegistry.ts';
import { drawTree, shortId } from '../terminal/drawTree.ts';
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

/** How a node came to be, as far as its kind does not say it. */
function describeOrigin({ training, merge, source }: ModelNode): string {
  if (training)
    return `lr ${realLearningRate({ lr: training.learningRate, batch: training.batch })}, batch ${training.batch}`;
  if (merge) return `of ${merge.parents.map(shortId).join(', ')}`;
  return source === undefined ? '' : `declared ${shortId(source)}`;
}

/**
 * The tree as text: kind and id, trainer, depth, network, training, gas.
 * @param names of addresses (lower case), shown instead of them.
 * @param extra a last column, by id.
 */
export function renderTree(
  nodes: readonly ModelNode[],
  { names = new Map<string, string>(), extra = new Map<string, string>() } = {},
): string {
  const nameOf = (address: Address) => names.get(address.toLowerCase()) ?? shortId(address);
  return drawTree(
    nodes.map((node) => ({
      id: node.id,
      parent: node.parent,
      columns: [
        `${node.kind} ${shortId(node.id)}`,
        nameOf(node.trainer),
        `depth ${node.depth}`,
        node.widths.join('-'),
        describeOrigin(node),
        `${node.gas.toLocaleString('en-US')} gas`,
        extra.get(node.id) ?? '',
      ],
    })),
  );
}
