import { zipSync } from 'fflate';
import { type AnyWeights, isNetworkWeights } from '../networkWeights.ts';
import { bytesOfFloats, floatLayers } from './floatLayers.ts';

/** The day from which a ZIP file counts: the same model gives the same bytes. */
const MTIME = new Date(1980, 0, 1);

/**
 * A state dict as `torch.save` writes it (a ZIP file of a pickle and the bytes of each tensor), which `torch.load` reads
 * with `weights_only=True`: float tensors `0.weight`, `0.bias`, `2.weight`, .. of the `torch.nn.Sequential` of
 * `torchModules`.
 * @param metadata kept as `descent.json` in the archive, which torch does not read
 * @throws InputError when the weights break their ranges
 */
export function writeTorchState(
  weights: AnyWeights,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const places = torchModules(weights).flatMap(({ hasWeights }, place) => (hasWeights ? [place] : []));
  const tensors = floatLayers(weights).flatMap(({ weight, bias, shape, outputs }, l) => [
    { name: `${places[l]}.weight`, shape, data: weight },
    { name: `${places[l]}.bias`, shape: [outputs], data: bias },
  ]);
  const text = (value: string) => new TextEncoder().encode(value);
  const files: Record<string, Uint8Array> = {
    'model/data.pkl': pickle(tensors),
    'model/byteorder': text('little'),
    'model/version': text('3\n'),
    'model/descent.json': text(JSON.stringify(metadata)),
  };
  tensors.forEach(({ data }, k) => {
    files[`model/data/${k}`] = bytesOfFloats(data);
  });
  return zipSync(files, { level: 0, mtime: MTIME });
}

/** The modules of `torch.nn.Sequential`, in order, as Python makes them. */
export function torchModules(weights: AnyWeights): { code: string; hasWeights: boolean }[] {
  const layers = floatLayers(weights);
  let isPicture = isNetworkWeights(weights);
  return layers.flatMap(({ shape, inputs, outputs }, l) => {
    const own = isNetworkWeights(weights) ? weights.network.layers[l] : undefined;
    const isConvolution = own !== undefined && !own.flat;
    const { kernel = 1, stride = 1, padding = 0 } = own ?? {};
    const layer = isConvolution
      ? `Conv2d(${shape[1]}, ${outputs}, ${kernel}, stride=${stride}, padding=${padding})`
      : `Linear(${inputs}, ${outputs})`;
    const codes = [
      ...(own?.pooled ? ['AvgPool2d(2)'] : []),
      ...(isPicture && !isConvolution ? ['Flatten()'] : []),
      layer,
      ...(l < layers.length - 1 ? ['ReLU()'] : []),
    ];
    isPicture &&= isConvolution;
    return codes.map((code) => ({ code, hasWeights: code === layer }));
  });
}

interface StoredTensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

/** Opcodes of pickle's protocol 2, as far as a dict of tensors takes them. */
const OP = {
  PROTO: 0x80,
  GLOBAL: 0x63,
  MARK: 0x28,
  TUPLE: 0x74,
  EMPTY_TUPLE: 0x29,
  EMPTY_DICT: 0x7d,
  SETITEMS: 0x75,
  REDUCE: 0x52,
  BINPERSID: 0x51,
  BINUNICODE: 0x58,
  BININT: 0x4a,
  NEWFALSE: 0x89,
  STOP: 0x2e,
} as const;

/** {name: torch._utils._rebuild_tensor_v2(storage k, 0, shape, strides, False, OrderedDict()), ..} */
function pickle(tensors: readonly StoredTensor[]): Uint8Array {
  const out: number[] = [OP.PROTO, 2];
  const op = (code: number) => out.push(code);
  const word = (value: number) => {
    for (let shift = 0; shift < 32; shift += 8) out.push((value >>> shift) & 255);
  };
  const integer = (value: number) => {
    op(OP.BININT);
    word(value);
  };
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    op(OP.BINUNICODE);
    word(bytes.length);
    out.push(...bytes);
  };
  const global = (module: string, name: string) => {
    op(OP.GLOBAL);
    out.push(...new TextEncoder().encode(`${module}\n${name}\n`));
  };
  const tuple = (write: () => void) => {
    op(OP.MARK);
    write();
    op(OP.TUPLE);
  };
  op(OP.EMPTY_DICT);
  op(OP.MARK);
  tensors.forEach(({ name, shape, data }, k) => {
    text(name);
    global('torch._utils', '_rebuild_tensor_v2');
    tuple(() => {
      tuple(() => {
        text('storage');
        global('torch', 'FloatStorage');
        text(`${k}`);
        text('cpu');
        integer(data.length);
      });
      op(OP.BINPERSID);
      integer(0);
      tuple(() => {
        for (const n of shape) integer(n);
      });
      tuple(() => {
        for (let d = 1; d <= shape.length; d++) integer(shape.slice(d).reduce((product, n) => product * n, 1));
      });
      op(OP.NEWFALSE);
      global('collections', 'OrderedDict');
      op(OP.EMPTY_TUPLE);
      op(OP.REDUCE);
    });
    op(OP.REDUCE);
  });
  op(OP.SETITEMS);
  op(OP.STOP);
  return Uint8Array.from(out);
}
