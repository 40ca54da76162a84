import type { Address } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { describeKerasInput, kerasCode, writeKeras } from '../../src/model/export/keras.ts';
import { describeOnnxInput, writeOnnx } from '../../src/model/export/onnx.ts';
import { torchModules, writeTorchState } from '../../src/model/export/torchState.ts';
import { type AnyWeights, headOf, shapeText } from '../../src/model/networkWeights.ts';
import { formatSchema } from '../../src/model/schema.ts';
import { exportFloatWeights } from '../../src/model/weightsFile.ts';
import { ancestorsOf } from '../../src/registry/ancestry.ts';
import { comparedWithStated } from '../../src/registry/schemas.ts';
import type { Chain } from '../chain/client.ts';
import { readLineage } from '../chain/readLineage.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { createCommitter } from '../runs/commit.ts';

export type ExportFormat = 'safetensors' | 'onnx' | 'torch-state' | 'keras';

/** Nodes of a lineage that the metadata names. */
const MAX_LINEAGE = 1000;

/**
 * What the file says of where the model comes from.
 * @throws InputError when the registry does not hold the model, or has another schema of it than the file
 */
export async function lineageOf(
  weights: AnyWeights,
  { chain, registry }: { chain: Chain; registry: Address },
): Promise<Record<string, string>> {
  const committer = createCommitter();
  const id = await committer.model(weights).finally(() => committer.close());
  const nodeOf = await readLineage(chain, registry);
  if (nodeOf(id) === undefined) {
    throw new InputError(`The registry ${registry} does not hold the model ${id}.`, {
      hint: 'Submit its edge first, or export without --registry: then the file names no lineage.',
    });
  }
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'schemaOf', args: [id] } as const;
  const stated = await translateErrors(() => chain.client.readContract(call));
  const schema = comparedWithStated(weights.schema, stated);
  if (schema === 'other') {
    throw new InputError(`The registry ${registry} has another schema of the model ${id} than the file.`, {
      hint: 'Somebody changed the names in the file: get it anew, or export without --registry.',
    });
  }
  const ids = [id, ...ancestorsOf(id, nodeOf)];
  const nodes = ids.slice(0, MAX_LINEAGE).map((one) => {
    const { parents = [], trainings = [] } = nodeOf(one) ?? {};
    return { id: one, parents, ...(trainings.length > 0 && { shards: trainings.map(({ shard }) => shard) }) };
  });
  return {
    'descent.model': id,
    'descent.registry': registry,
    ...(weights.schema && { 'descent.schema_stated': schema === 'same' ? 'by the registry' : 'by the file alone' }),
    'descent.chain_id': `${chain.id}`,
    'descent.lineage': JSON.stringify(nodes),
    ...(ids.length > nodes.length && { 'descent.lineage_left_out': `${ids.length - nodes.length}` }),
  };
}

/** The bytes of a float model, and what they take and hold, for people. */
export function exportModel(
  weights: AnyWeights,
  { format, scaled, lineage }: { format: ExportFormat; scaled: boolean; lineage: Record<string, string> },
): { bytes: Uint8Array; metadata: Record<string, string>; takes: string } {
  const { schema } = weights;
  const metadata = {
    'descent.shape': shapeText(weights),
    'descent.head': headOf(weights),
    'descent.activation': 'ReLU after every layer but the last',
    'descent.rounding': 'float32 of the fixed-point weights; the proofs compute in integers',
    ...(schema && { 'descent.schema': formatSchema(schema) }),
    ...lineage,
  };
  if (format === 'onnx') {
    return { bytes: writeOnnx(weights, { scaled, metadata }), metadata, takes: describeOnnxInput(weights, scaled) };
  }
  if (scaled)
    throw new InputError('--scaled-features is for --to onnx.', { hint: 'Other formats hold weights alone.' });
  const takes = describeOnnxInput(weights, true);
  if (format === 'keras') {
    const layers = `keras.Sequential([${kerasCode(weights).join(', ')}])`;
    const stated = { ...metadata, 'descent.layers': layers };
    return { bytes: writeKeras(weights, stated), metadata: stated, takes: describeKerasInput(weights) };
  }
  if (format === 'safetensors') return { bytes: exportFloatWeights(weights, metadata), metadata, takes };
  const modules = `torch.nn.Sequential(${torchModules(weights)
    .map(({ code }) => code)
    .join(', ')})`;
  const stated = { ...metadata, 'descent.modules': modules };
  return { bytes: writeTorchState(weights, stated), metadata: stated, takes };
}
