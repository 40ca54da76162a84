import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { MAX_SIZE } from '../../../numbers/constants.ts';
import type { Head } from '../../head.ts';
import { DATA_TYPES, type OnnxTensor } from './onnxFile.ts';
import { floatsAttribute, labelOf, type PlacedNode, refuse, textAttribute } from './onnxNode.ts';
import type { OnnxLayer } from './onnxWalk.ts';

/** What skl2onnx writes for LogisticRegression: weights, biases and head in the attributes of one node. */
export const LINEAR_CLASSIFIER = 'ai.onnx.ml.LinearClassifier';

const HEADS: Record<string, Head | undefined> = { NONE: undefined, SOFTMAX: 'softmax', LOGISTIC: 'sigmoid' };

/**
 * The layer and the head of a linear classifier.
 * @param width features of a row, where they are known
 * @throws InputError for another transform of its scores; FileFormatError where its numbers do not fit
 */
export function linearClassifier(
  node: PlacedNode,
  width: number | undefined,
): { layer: OnnxLayer; head: Head | undefined } {
  const transform = textAttribute(node, 'post_transform', 'NONE');
  if (!Object.hasOwn(HEADS, transform)) {
    refuse(node, `makes ${transform} of its scores.`, 'Read are NONE, SOFTMAX and LOGISTIC.');
  }
  const biases = floatsAttribute(node, 'intercepts');
  const weights = floatsAttribute(node, 'coefficients');
  const [outputs, inputs] = [biases.length, weights.length / biases.length];
  // Of a single score the runtimes make two by rules of their own.
  const fits = outputs > 1 && outputs <= MAX_SIZE && Number.isInteger(inputs) && inputs > 0;
  if (!fits || (width !== undefined && width !== inputs)) {
    throw new FileFormatError(
      `${labelOf(node)} has ${weights.length} coefficients and ${outputs} intercepts for rows of ${width ?? '?'}.`,
    );
  }
  const layer: OnnxLayer = {
    weight: tensorOf('coefficients', [outputs, inputs], weights),
    bias: tensorOf('intercepts', [outputs], biases),
    orientation: 'out-in',
    inputs,
    outputs,
    weightFactor: 1,
    biasFactor: 1,
    before: [],
    after: [],
  };
  return { layer, head: HEADS[transform] };
}

function tensorOf(name: string, dims: number[], values: readonly number[]): OnnxTensor {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return { name, dims, dataType: DATA_TYPES.FLOAT, values: { storage: 'raw', bytes }, dataLocation: 0, external: [] };
}
