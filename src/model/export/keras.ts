import { zipSync } from 'fflate';
import type { Head } from '../head.ts';
import { type AnyWeights, headOf, isNetworkWeights, presentLayers, shapeOf } from '../networkWeights.ts';
import { rawPlaces } from '../pictures.ts';
import { type Float32Layer, floatLayers } from './floatLayers.ts';
import { type Hdf5Group, type Hdf5Tensor, writeHdf5 } from './hdf5.ts';

/** The day from which a ZIP file counts: the same model gives the same bytes. */
const MTIME = new Date(1980, 0, 1);
/** From this version on its file is read. */
const VERSION = '3.0.0';
const ACTIVATIONS: Record<Head, string> = { 'squared error': 'linear', softmax: 'softmax', sigmoid: 'sigmoid' };

interface KerasLayer {
  className: string;
  config: Record<string, unknown>;
  weights?: Hdf5Tensor[];
}

/**
 * A model as `keras.saving.load_model` of Keras 3 reads it (`.keras`): a `Sequential` that takes scaled features, or pictures
 * [rows, lines, columns, channels], and gives probabilities where the head is softmax or sigmoid.
 * @param metadata kept beside Keras' own in `metadata.json`, of which it reads nothing
 * @throws InputError when the weights break their ranges
 */
export function writeKeras(weights: AnyWeights, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const layers = kerasLayers(weights);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const files = {
    'metadata.json': text({ keras_version: VERSION, date_saved: '1980-01-01@00:00:00', ...metadata }),
    'config.json': text(configOf(weights, layers)),
    'model.weights.h5': writeHdf5(weightsOf(layers)),
  };
  return zipSync(files, { level: 0, mtime: MTIME });
}

/** What the model takes, for people. */
export function describeKerasInput(weights: AnyWeights): string {
  const what = isNetworkWeights(weights) ? 'pictures [rows, lines, columns, channels]' : 'features';
  if (weights.schema === undefined) return `${what} as the network takes them: the model has no schema`;
  return `${what} after the scaling of the schema`;
}

/** The layers of the model in order, as Python makes them. */
export function kerasCode(weights: AnyWeights): string[] {
  return kerasLayers(weights).map(({ className, config: { units, filters, kernel_size: kernel, ...config } }) => {
    const { strides, padding, pool_size: pool, activation } = config;
    const said = activation === 'linear' || activation === undefined ? '' : `, activation='${activation}'`;
    if (className === 'Dense') return `Dense(${units}${said})`;
    if (className === 'ZeroPadding2D') return `ZeroPadding2D(${(padding as number[][])[0][0]})`;
    if (className === 'AveragePooling2D') return `AveragePooling2D(${(pool as number[])[0]})`;
    if (className !== 'Conv2D') return `${className}()`;
    return `Conv2D(${filters}, ${(kernel as number[])[0]}, strides=${(strides as number[])[0]}${said})`;
  });
}

function kerasLayers(weights: AnyWeights): KerasLayer[] {
  const layers = floatLayers(weights);
  const isNetwork = isNetworkWeights(weights);
  const made = isNetwork ? presentLayers(weights.network) : [];
  let isPicture = isNetwork;
  return layers.flatMap((layer, l) => {
    const activation = l < layers.length - 1 ? 'relu' : ACTIVATIONS[headOf(weights)];
    const own = isNetwork ? weights.network.layers[l] : undefined;
    const before: KerasLayer[] = own?.pooled ? [averages()] : [];
    if (own !== undefined && !own.flat) {
      if (own.padding) before.push(zeros(own.padding));
      return [...before, convolution(layer, own.stride ?? 1, activation)];
    }
    // What the first dense layer reads is flattened with the channels last.
    const flattened = isPicture ? { side: made[l + 1].kernel, channels: made[l].channels } : undefined;
    if (flattened) before.push({ className: 'Flatten', config: { data_format: 'channels_last' } });
    isPicture = false;
    return [...before, dense(layer, activation, flattened)];
  });
}

const averages = (): KerasLayer => ({
  className: 'AveragePooling2D',
  config: { pool_size: [2, 2], strides: [2, 2], padding: 'valid', data_format: 'channels_last' },
});

const zeros = (padding: number): KerasLayer => ({
  className: 'ZeroPadding2D',
  config: { padding: [0, 1].map(() => [padding, padding]), data_format: 'channels_last' },
});

/** [outputs, channels, lines, columns] becomes [lines, columns, channels, outputs]. */
function convolution({ shape, weight, bias }: Float32Layer, stride: number, activation: string): KerasLayer {
  const [outputs, channels, kernel] = shape;
  const data = new Float32Array(weight.length);
  for (let i = 0; i < outputs * channels; i++) {
    const [output, channel] = [Math.floor(i / channels), i % channels];
    for (let k = 0; k < kernel * kernel; k++) {
      data[(k * channels + channel) * outputs + output] = weight[i * kernel * kernel + k];
    }
  }
  return {
    className: 'Conv2D',
    config: {
      filters: outputs,
      kernel_size: [kernel, kernel],
      strides: [stride, stride],
      padding: 'valid',
      data_format: 'channels_last',
      activation,
    },
    weights: [
      { shape: [kernel, kernel, channels, outputs], data },
      { shape: [outputs], data: bias },
    ],
  };
}

/** [outputs, inputs] becomes [inputs, outputs], with the channels of flattened pictures last. */
function dense(
  { inputs, outputs, weight, bias }: Float32Layer,
  activation: string,
  flattened: { side: number; channels: number } | undefined,
): KerasLayer {
  const data = new Float32Array(weight.length);
  const places = flattened && rawPlaces({ ...flattened, order: 'HWC' });
  for (let j = 0; j < inputs; j++) {
    for (let i = 0; i < outputs; i++) data[(places ? places[j] : j) * outputs + i] = weight[i * inputs + j];
  }
  return {
    className: 'Dense',
    config: { units: outputs, activation },
    weights: [
      { shape: [inputs, outputs], data },
      { shape: [outputs], data: bias },
    ],
  };
}

function configOf(weights: AnyWeights, layers: readonly KerasLayer[]): object {
  const shape = shapeOf(weights);
  const row = 'side' in shape ? [shape.side, shape.side, shape.channels] : [shape.widths[0]];
  const batch = [null, ...row];
  const one = (className: string, config: object) => ({
    module: 'keras.layers',
    class_name: className,
    config: { ...config, dtype: 'float32' },
    registered_name: null,
  });
  const names = namesOf(layers);
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'descent',
      trainable: true,
      dtype: 'float32',
      layers: [
        one('InputLayer', { batch_shape: batch, name: 'features' }),
        ...layers.map(({ className, config }, k) => one(className, { name: names[k], trainable: true, ...config })),
      ],
      build_input_shape: batch,
    },
    registered_name: null,
    build_config: { input_shape: batch },
  };
}

/** Keras finds weights by the classes of the layers, each counted: conv2d, conv2d_1, dense, .. */
function namesOf(layers: readonly KerasLayer[]): string[] {
  const snake = (name: string) => name.replace(/(?<=[a-z0-9])[A-Z](?=[a-z])/g, '_$&').toLowerCase();
  const names = layers.map(({ className }) => snake(className));
  return names.map((name, k) => {
    const before = names.slice(0, k).filter((other) => other === name).length;
    return before === 0 ? name : `${name}_${before}`;
  });
}

function weightsOf(layers: readonly KerasLayer[]): Hdf5Group {
  const names = namesOf(layers);
  const groups = layers.map(({ weights = [] }, k): [string, Hdf5Group] => [
    names[k],
    new Map([['vars', new Map(weights.map((tensor, v) => [`${v}`, tensor]))]]),
  ]);
  return new Map([
    ['layers', new Map(groups)],
    ['vars', new Map()],
  ]);
}
