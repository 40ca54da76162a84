import { zipSync } from 'fflate';
import type { Weights } from '../weights.ts';
import { bytesOfFloats, floatLayers } from './floatLayers.ts';

/** The day from which a ZIP file counts: the same model gives the same bytes. */
const MTIME = new Date(1980, 0, 1);

/**
 * A state dict as `torch.save` writes it (a ZIP file of a pickle and the bytes of each tensor), which `torch.load` reads
 * with `weights_only=True`: float tensors `0.weight`, `0.bias`, `2.weight`, .. of
 * `torch.nn.Sequential(Linear, ReLU, Linear, ..)`.
 * @param metadata kept as `descent.json` in the archive, which torch does not read
 * @throws InputError when the weights break their ranges
 */
export function writeTorchState(weights: Weights, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const tensors = floatLayers(weights).flatMap(({ weight, bias, inputs, outputs }, l) => [
    { name: `${2 * l}.weight`, shape: [outputs, inputs], data: weight },
    { name: `${2 * l}.bias`, shape: [outputs], data: bias },
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
