import type { Address } from 'viem';
import { realLearningRate } from '../../src/training/trainer.ts';
import type { ModelNode } from '../chain/readRegistry.ts';
import { modelLabel } from '../files/models.ts';
import { drawTree, shortId } from '../terminal/drawTree.ts';

/** How a node came to be, as far as its kind does not say it. */
function describeOrigin(node: ModelNode): string {
  const { foreign, isForeign } = node;
  if (foreign) {
    return `of ${foreign.parents.map(shortId).join(', ')}, foreign program ${foreign.program} (${foreign.adapter})`;
  }
  return `${describeMaking(node)}${isForeign ? ', below a foreign model' : ''}`;
}

function describeMaking({ trainings = [], merge, source }: ModelNode): string {
  if (trainings.length > 0) {
    const [{ learningRate, batch, passes, smoothing }] = trainings;
    const more = trainings.length === 1 ? '' : `, ${trainings.length} segments`;
    return `lr ${realLearningRate({ lr: learningRate, batch })}, batch ${batch}${passes === 1 ? '' : `, ${passes} passes`}${smoothing === 0 ? '' : `, smoothing ${smoothing}/2048`}${more}`;
  }
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
        modelLabel(node.shape),
        describeOrigin(node),
        `${node.gas.toLocaleString('en-US')} gas`,
        extra.get(node.id) ?? '',
      ],
    })),
  );
}
