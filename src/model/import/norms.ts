import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';
import type { Tensor } from '../safetensors.ts';
import type { MappedLayer } from './mapping.ts';
import { type Norm, type NormPlace, USUAL_EPSILON } from './norm.ts';

type Shapes = ReadonlyMap<string, Pick<Tensor, 'shape'>>;

const PARTS = ['running_mean', 'running_var', 'weight', 'bias', 'num_batches_tracked'];

/**
 * Takes the batch normalisations out of the tensors of a state dict.
 * @returns the other tensors, and the normalisations in the order of the file
 * @throws InputError for a normalisation without mean or variance, or whose parts are no vectors of one length
 */
export function takeNorms<T extends Shapes>(
  tensors: T,
  epsilon = USUAL_EPSILON,
): { rest: Map<string, T extends ReadonlyMap<string, infer V> ? V : never>; norms: Norm[] } {
  const rest = new Map(tensors) as Map<string, T extends ReadonlyMap<string, infer V> ? V : never>;
  const norms: Norm[] = [];
  for (const key of tensors.keys()) {
    const match = /^(.*[._/])?running_(mean|var)$/s.exec(key);
    if (!match || !rest.has(key)) continue;
    const prefix = match[1] ?? '';
    const part = (name: string) => (rest.has(prefix + name) ? prefix + name : undefined);
    const [mean, variance, weight, bias] = PARTS.map(part);
    const name = prefix.replace(/[._/]$/, '');
    if (mean === undefined || variance === undefined) {
      throw new InputError(`The normalisation ${show(name)} has no ${mean === undefined ? 'mean' : 'variance'}.`, {
        hint: 'Save the whole state dict.',
      });
    }
    const [size, ...more] = tensors.get(mean)!.shape;
    for (const vector of [mean, variance, weight, bias]) {
      if (vector === undefined) continue;
      const { shape } = tensors.get(vector)!;
      if (more.length > 0 || shape.length !== 1 || shape[0] !== size) {
        throw new InputError(
          `${show(vector)} has shape [${shape}]; parts of a normalisation are vectors of one length.`,
        );
      }
    }
    norms.push({ name, size, mean, variance, weight, bias, epsilon });
    for (const one of PARTS) rest.delete(prefix + one);
  }
  return { rest, norms };
}

/**
 * Puts normalisations where they belong: after a layer (before its ReLU) or before one.
 * @throws InputError naming one whose place neither names nor `place` tell, or that does not fit
 */
export function placeNorms(
  layers: readonly MappedLayer[],
  norms: readonly Norm[],
  place: NormPlace | undefined,
): MappedLayer[] {
  const placed = layers.map((layer) => ({ ...layer }));
  for (const norm of norms) {
    const spot = spotOf(layers, norms, norm, place);
    if (spot === undefined) {
      throw new InputError(
        `Whether the normalisation ${show(norm.name)} comes before or after a ReLU is not in the file.`,
        {
          hint: 'Say it with --batch-norm before-relu or after-relu, or export the network as ONNX, which states it.',
        },
      );
    }
    const layer = placed[spot.layer];
    // Before a dense layer pictures may be normalised by channel.
    const widths = spot.side === 'after' ? [layer.outputs] : [layer.inputs, layer.picture?.channels];
    const { size } = norm;
    if (!widths.includes(size)) {
      throw new InputError(`The normalisation ${show(norm.name)} has ${size} features, its place ${widths[0]}.`, {
        hint: 'Export the network as ONNX, which states the order of its parts.',
      });
    }
    // Several before one layer apply first to last; so do several after one.
    if (spot.side === 'after') layer.after = [...(layer.after ?? []), norm];
    else layer.before = [...(layer.before ?? []), norm];
  }
  return placed;
}

interface Spot {
  layer: number;
  side: 'before' | 'after';
}

/** The module of a tensor: its name without the last part. */
function moduleOf(tensor: string): string {
  return tensor.replace(/[._/][^._/]*(:0)?$/, '');
}

function numberIn(module: string): number {
  return Number(module.match(/\d+(?!.*\d)/s)?.[0] ?? -1);
}

/** Whether all modules have one name with different numbers, as those of a torch.nn.Sequential. */
function isSequence(modules: readonly string[]): boolean {
  const names = new Set(modules.map((module) => module.replace(/\d+(?!.*\d)/s, '#')));
  return names.size === 1 && new Set(modules.map(numberIn)).size === modules.length;
}

/** Where a normalisation stands; undefined where nothing says it. */
function spotOf(
  layers: readonly MappedLayer[],
  norms: readonly Norm[],
  norm: Norm,
  place: NormPlace | undefined,
): Spot | undefined {
  const modules = layers.map(({ weight }) => moduleOf(weight));
  const [numbers, at] = [modules.map(numberIn), numberIn(norm.name)];
  if (!isSequence([...modules, ...norms.map(({ name }) => name)])) {
    // `bn1` belongs to `fc1`, `block.0.bn` to `block.0.linear`.
    const same = numbers.flatMap((n, l) => (n === at ? [l] : []));
    return same.length === 1 ? statedSpot(same[0], layers.length, place) : undefined;
  }
  const next = numbers.findIndex((n) => n > at);
  const last = (next < 0 ? numbers.length : next) - 1;
  if (place !== undefined && last >= 0) return statedSpot(last, layers.length, place);
  // `0 1 3`: normalisation 1 follows layer 0 at once, then comes the ReLU. `0 2 3`: the ReLU comes first.
  const follows = last >= 0 && numbers[last] === at - 1;
  const precedes = next >= 0 && numbers[next] === at + 1;
  if (follows === precedes) return undefined;
  return follows ? { layer: last, side: 'after' } : { layer: next, side: 'before' };
}

/** Of a normalisation that belongs to a layer and whose side of the ReLU the caller stated. */
function statedSpot(layer: number, layers: number, place: NormPlace | undefined): Spot | undefined {
  if (place === 'before-relu') return { layer, side: 'after' };
  return place === 'after-relu' && layer + 1 < layers ? { layer: layer + 1, side: 'before' } : undefined;
}

/** Factor and offset of each feature. @throws FileFormatError for a variance that is none */
export function affineOf(
  norm: Norm,
  read: (tensor: string) => Float64Array,
): { factor: Float64Array; offset: Float64Array } {
  const { size, epsilon } = norm;
  const part = (name: string | undefined, absent: number) => {
    const values = name === undefined ? [absent] : read(name);
    return Float64Array.from({ length: size }, (_, k) => values[values.length === 1 ? 0 : k]);
  };
  const [mean, variance] = [part(norm.mean, 0), part(norm.variance, 1)];
  const [weight, bias] = [part(norm.weight, 1), part(norm.bias, 0)];
  const factor = variance.map((v, k) => {
    if (norm.variance === undefined) return weight[k];
    if (v < 0 || !(v + epsilon > 0)) {
      throw new FileFormatError(`Entry [${k}] of ${show(norm.variance)} is ${v}, which is no variance.`);
    }
    return weight[k] / Math.sqrt(v + epsilon);
  });
  return { factor, offset: mean.map((m, k) => bias[k] - m * factor[k]) };
}
