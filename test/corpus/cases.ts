import { bytesField, floats as floatTensor, message, node, onnx, TYPES, tensor } from '../support/onnx.ts';
import { entry, idx, npy, npyHeader, safetensors } from './files.ts';
import { LARGE_NUMPY, SMALL_NUMPY } from './npzCases.ts';
import { HUGE_PARQUET, LARGE_PARQUET, type ParquetCase, SMALL_PARQUET } from './parquetCases.ts';
import type { Parser } from './parsers.ts';

/** A bad file and what its reader must say. */
export interface CorpusCase {
  /** Name of the file; its extension names the reader. */
  file: `${string}.${Parser}`;
  make: () => Uint8Array;
  message: RegExp;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const bad = (file: CorpusCase['file'], make: () => Uint8Array | string, message: RegExp): CorpusCase => ({
  file,
  make: () => {
    const made = make();
    return typeof made === 'string' ? utf8(made) : made;
  },
  message,
});

const floats = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const model = (values: number[]) =>
  safetensors(`{"0.weight":${entry('F32', [2, 2], 0, 16)},"0.bias":${entry('F32', [2], 16, 24)}}`, floats(values));
const deep = (n: number) => '['.repeat(n) + ']'.repeat(n);
const manifest = ({ transforms = '', shards = '', classes = '["a","b"]' }) =>
  `{"format":"descent-dataset/2","name":"n","source":"s","schema":{"format":"descent-schema/1","kind":"classes","columns":1,"decimal":".","missing":"refuse","transforms":[${transforms}],"classes":${classes}},"shards":[${shards}]}`;

const parquet = ([name, make, message]: ParquetCase): CorpusCase => bad(`${name}.parquet`, make, message);

/** An ONNX model of one layer with this weight tensor. */
const layer = (...weights: Uint8Array[]) =>
  onnx({ nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: weights, outputs: ['y'] });
/** Two bytes, again and again. */
const pairs = (first: number, second: number, count: number) =>
  new Uint8Array(2 * count).map((_, k) => (k % 2 === 0 ? first : second));
/** A message that is a field 6 in a message that is .. */
const nested = (depth: number) => {
  let inner: Uint8Array = new Uint8Array(0);
  for (let k = 0; k < depth; k++) inner = message(bytesField(6, inner));
  return inner;
};

/** Small enough to lie in `files/`. */
export const SMALL: CorpusCase[] = [
  bad('empty.safetensors', () => '', /at least 8 bytes/),
  bad('length-only.safetensors', () => safetensors('', [], 2n), /ends inside its header/),
  bad('length-overflow.safetensors', () => safetensors('{}', [], 2n ** 64n - 1n), /header claims 18446744073709551615/),
  bad('length-2-53.safetensors', () => safetensors('{}', [], 2n ** 53n), /header claims/),
  bad('truncated-data.safetensors', () => safetensors(`{"a":${entry('F32', [2], 0, 8)}}`, [1, 2, 3]), /truncated/),
  bad('trailing-data.safetensors', () => safetensors(`{"a":${entry('U8', [1], 0, 1)}}`, [1, 2]), /belong to nothing/),
  bad(
    'overlap.safetensors',
    () => safetensors(`{"a":${entry('U8', [2], 0, 2)},"b":${entry('U8', [2], 1, 3)}}`, [1, 2, 3]),
    /"b" overlaps/,
  ),
  bad(
    'same-bytes.safetensors',
    () => safetensors(`{"a":${entry('U8', [2], 0, 2)},"b":${entry('U8', [2], 0, 2)}}`, [1, 2]),
    /overlaps/,
  ),
  bad(
    'gap.safetensors',
    () => safetensors(`{"a":${entry('U8', [1], 0, 1)},"b":${entry('U8', [1], 2, 3)}}`, [1, 2, 3]),
    /leaves a gap/,
  ),
  bad(
    'offset-negative.safetensors',
    () => safetensors(`{"a":${entry('U8', [1], -1, 0)}}`, [1]),
    /no valid data_offsets/,
  ),
  bad('offset-backwards.safetensors', () => safetensors(`{"a":${entry('U8', [0], 1, 0)}}`, [1]), /lies at 1\.\.0/),
  bad('offset-beyond.safetensors', () => safetensors(`{"a":${entry('U8', [9], 0, 9)}}`, [1]), /lies at 0\.\.9/),
  bad(
    'offset-2-63.safetensors',
    () => safetensors('{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775807,9223372036854775808]}}', [1]),
    /no valid data_offsets/,
  ),
  bad(
    'offset-text.safetensors',
    () => safetensors('{"a":{"dtype":"U8","shape":[1],"data_offsets":["0","1"]}}', [1]),
    /no valid data_offsets/,
  ),
  bad(
    'shape-overflow.safetensors',
    () => safetensors(`{"a":${entry('F64', [2 ** 32, 2 ** 32], 0, 8)}}`, Array(8).fill(0)),
    /needs 147573952589676410000 bytes/,
  ),
  bad(
    'shape-product-wraps.safetensors',
    () => safetensors('{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}'),
    /needs/,
  ),
  bad(
    'shape-infinite.safetensors',
    () => safetensors('{"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,1]}}', [1]),
    /no valid shape/,
  ),
  bad('shape-fraction.safetensors', () => safetensors(`{"a":${entry('U8', [1.5], 0, 1)}}`, [1]), /no valid shape/),
  bad('dtype-unknown.safetensors', () => safetensors(`{"a":${entry('F8_E5M2', [1], 0, 1)}}`, [1]), /unknown dtype/),
  bad(
    'dtype-prototype.safetensors',
    () => safetensors(`{"a":${entry('constructor', [1], 0, 1)}}`, [1]),
    /unknown dtype/,
  ),
  bad(
    'duplicate-tensor.safetensors',
    () => safetensors(`{"a":${entry('U8', [1], 0, 1)},"a":${entry('U8', [1], 0, 1)}}`, [1]),
    /names "a" twice/,
  ),
  bad('header-list.safetensors', () => safetensors('[]'), /not a JSON object/),
  bad('header-cut.safetensors', () => safetensors('{"a":'), /not JSON/),
  bad('metadata-number.safetensors', () => safetensors('{"__metadata__":{"a":1}}'), /not a string/),
  bad(
    'pickle.safetensors',
    () => Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20),
    /header claims/,
  ),
  bad('other-format.weights', () => safetensors('{"__metadata__":{"format":"pt"}}'), /expected descent-weights/),
  bad('no-format.shard', () => safetensors('{}'), /has format undefined/),
  bad('nan.model', () => model([0, 0, 0, Number.NaN, 0, 0]), /Entry \[1, 1\] of tensor "0.weight" is NaN/),
  bad(
    'infinite.model',
    () => model([0, 0, 0, 0, 0, Number.NEGATIVE_INFINITY]),
    /Entry \[1\] of tensor "0.bias" is -Infinity/,
  ),
  bad('weight-too-large.model', () => model([0, 40000, 0, 0, 0, 0]), /is 40000; weights lie in/),
  bad('integer-weights.model', () => safetensors(`{"0.weight":${entry('I8', [1, 1], 0, 1)}}`, [1]), /holds I8/),
  bad('empty-weight.model', () => safetensors(`{"0.weight":${entry('F32', [0, 4096], 0, 0)}}`), /not 0/),
  bad('no-tensors.model', () => safetensors('{}'), /0 layers/),
  bad(
    'ambiguous.model',
    () => safetensors(`{"x.W":${entry('F32', [1, 1], 0, 4)},"y.W":${entry('F32', [1, 1], 4, 8)}}`, floats([1, 2])),
    /in \d ways/,
  ),
  bad('empty.onnx', () => '', /has no graph/),
  bad('text.onnx', () => 'not a model, but a text', /no protobuf message/),
  bad('safetensors.onnx', () => model([0, 0, 0, 0, 0, 0]), /no protobuf message/),
  bad('field-0.onnx', () => Uint8Array.of(8, 8, 0, 0), /no protobuf message/),
  bad('group.onnx', () => Uint8Array.of(8, 8, 0x0b, 0x0c), /no protobuf message/),
  bad('wire-type.onnx', () => Uint8Array.of(0x38, 1), /is written as protobuf type 0/),
  bad('varint-11-bytes.onnx', () => Uint8Array.of(0x3a, ...Array(11).fill(255)), /no protobuf message/),
  bad('length-2-63.onnx', () => Uint8Array.of(0x3a, ...Array(8).fill(255), 0x7f), /a block of bytes/),
  bad('length-beyond.onnx', () => Uint8Array.of(0x3a, 100, 0x0a, 0), /a block of bytes/),
  bad('graph-twice.onnx', () => Uint8Array.of(0x3a, 0, 0x3a, 0), /Field 7 of the model comes more than once/),
  bad('dims-huge.onnx', () => layer(tensor('w', TYPES.F32, [3, 2 ** 52])), /in 1\.\.4096, not 4503599627370496/),
  bad('dims-too-many.onnx', () => layer(tensor('w', TYPES.F32, Array(9).fill(1))), /more than 8 dimensions/),
  bad('dims-2-63.onnx', () => layer(message((pbf) => pbf.writeVarintField(1, 2 ** 63 - 1024))), /out of range/),
  bad('dims-zero.onnx', () => layer(tensor('w', TYPES.F32, [3, 0])), /not 0/),
  bad('values-missing.onnx', () => layer(tensor('w', TYPES.F32, [3, 2])), /needs 24 bytes of F32, not 0/),
  bad('weight-too-large.onnx', () => layer(floatTensor('w', [3, 1], [1, 2, 32768])), /is 32768; weights lie in/),
  bad('path.index', () => '{"weight_map":{"0.weight":"../a.safetensors"}}', /plain file name/),
  bad('missing-file.index', () => '{"weight_map":{"0.weight":"b.safetensors"}}', /is missing/),
  bad('prototype.index', () => '{"__proto__":{"weight_map":{}}}', /weight_map of the index/),
  bad(
    'duplicate.index',
    () => '{"weight_map":{"0.weight":"a.safetensors"},"weight_map":{}}',
    /names "weight_map" twice/,
  ),
  bad('other-tensor.index', () => '{"weight_map":{"1.weight":"a.safetensors"}}', /does not name the tensor "0.weight"/),
  bad('empty.csv', () => '', /is empty/),
  bad('ragged-short.csv', () => 'a,b,y\n1,2,p\n1,q\n', /Line 3 has 2 cells/),
  bad('ragged-long.csv', () => 'a,y\n1,p\n1,2,q\n', /Line 3 has 3 cells/),
  bad('text.csv', () => 'a,y\n1,p\nred,q\n', /Line 3 has "red"/),
  bad('formula.csv', () => 'a,y\n=1+1,p\n', /"=1\+1"/),
  bad('infinity.csv', () => 'a,y\n1,p\ninf,q\n', /"inf"/),
  bad('huge-number.csv', () => `a,y\n${'9'.repeat(400)},p\n`, /too large for a 32-bit float/),
  bad('open-quote.csv', () => 'a,y\n"1,p\n2,q\n', /Line 2: Quoted field unterminated/),
  bad('stray-quote.csv', () => 'a,y\n"1"2,p\n', /Line 2: /),
  bad('nul.csv', () => 'a,y\n1\0,p\n', /which is not a number/),
  bad('utf16.csv', () => Uint8Array.of(0xff, 0xfe, 97, 0, 44, 0, 121, 0), /UTF-16/),
  bad('latin1.csv', () => Uint8Array.of(97, 0xe9, 44, 121, 10), /not UTF-8/),
  bad('duplicate-label.csv', () => 'a,y,y\n1,2,p\n', /Two columns/),
  ...SMALL_PARQUET.map(parquet),
  ...SMALL_NUMPY.map(([file, make, message]) => bad(file, make, message)),
  bad('object.npy', () => npy(npyHeader('|O', [1]), [0x80, 3, 0x4e, 0x2e]), /Python objects/),
  bad(
    'records.npy',
    () => npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]),
    /records/,
  ),
  bad('huge-shape.npy', () => npy(npyHeader('<f8', [2 ** 40, 2 ** 40]), [0]), /takes/),
  bad('wrapping-shape.npy', () => npy(npyHeader('|u1', [2 ** 32, 2 ** 32]), []), /takes/),
  bad('negative-shape.npy', () => npy(npyHeader('|u1', [-1]), []), /not a description/),
  bad('header-length.npy', () => npy(npyHeader('|u1', [1]), [1], 2, 2 ** 32 - 1), /header claims 4294967295/),
  bad('code.npy', () => npy("{'descr': exec('1'), 'fortran_order': False, 'shape': (1,), }", [0]), /not a description/),
  bad('truncated.npy', () => npy(npyHeader('<f4', [2]), [0, 0, 0, 0]), /takes/),
  bad('magic.npy', () => 'NUMPY file', /NUMPY/),
  bad('truncated.idx', () => idx(8, [3], [1, 2]), /takes 11 bytes/),
  bad('huge.idx', () => idx(14, Array(8).fill(2 ** 32 - 1), []), /takes/),
  bad('type.idx', () => idx(10, [1], [1]), /type code/),
  bad('gzip.idx', () => Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/),
  bad('path.manifest', () => manifest({ shards: '{"file":"../x","rows":1,"first":0}' }), /plain file name/),
  bad('prototype-transform.manifest', () => manifest({ transforms: '{"name":"__proto__"}' }), /unknown/),
  bad('class-twice.manifest', () => manifest({ classes: '["a","a"]' }), /one name/),
  bad('infinite-factor.manifest', () => manifest({ transforms: '{"name":"scale","factor":1e999}' }), /not a number/),
  bad('not-json.edge', () => '{', /not JSON/),
  bad('null.edge', () => 'null', /must be an object/),
  bad('empty.edge', () => '{}', /edge.format must be a text/),
];

const MIB = 2 ** 20;

/** Made when the tests run: some megabytes each. */
export const LARGE: CorpusCase[] = [
  bad('header-nested.safetensors', () => safetensors(deep(MIB / 2)), /not a JSON object/),
  bad(
    'dtype-nested.safetensors',
    () => safetensors(`{"a":{"dtype":${deep(MIB / 2 - 100)},"shape":[],"data_offsets":[0,0]}}`),
    /unknown dtype a list/,
  ),
  bad('many-nodes.onnx', () => message(bytesField(7, pairs(0x0a, 0, MIB))), /of the graph comes more than 1000 times/),
  bad(
    'nested.onnx',
    () => onnx({ nodes: [node('If', ['x'], ['y'], message(bytesField(6, nested(10_000))))] }),
    /\(If\) is not read/,
  ),
  bad('long-name.onnx', () => layer(floatTensor('w'.repeat(MIB), [1], [0])), /A name has 1048576 bytes/),
  bad('many-sizes.onnx', () => layer(message(bytesField(1, pairs(1, 1, 4 * MIB)))), /more than 8 dimensions/),
  bad(
    'many-halves.onnx',
    () => layer(tensor('w', TYPES.F16, [3, 4096], bytesField(5, pairs(1, 1, 4 * MIB)))),
    /more than 12288 entries/,
  ),
  bad(
    'few-halves.onnx',
    () => layer(tensor('w', TYPES.F16, [3, 4096], bytesField(5, pairs(1, 1, 9)))),
    /fewer than 12288/,
  ),
  bad('long-name.safetensors', () => safetensors(`{"${'a'.repeat(MIB - 100)}":7}`), /is not a JSON object/),
  bad(
    'many-tensors.safetensors',
    () =>
      safetensors(`{${Array.from({ length: 15_000 }, (_, k) => `"t${k}":${entry('U8', [0], 0, 0)}`).join()},"x":0}`),
    /"x" is not a JSON object/,
  ),
  bad(
    'many-names.model',
    () =>
      safetensors(
        `{${Array.from({ length: 15_000 }, (_, k) => `"${k}.weight":${entry('F32', [0, 1], 0, 0)}`).join()}}`,
      ),
    /15000 layers/,
  ),
  bad(
    'separators.model',
    () => safetensors(`{"${'_'.repeat(MIB - 100)}":${entry('F32', [0], 0, 0)}}`),
    /neither weight nor bias/,
  ),
  bad(
    'nan-last.model',
    () =>
      safetensors(
        `{"0.weight":${entry('BF16', [1024, 2048], 0, 2 ** 22)}}`,
        new Uint8Array(2 ** 22).fill(0xff, 2 ** 22 - 2),
      ),
    /Entry \[1023, 2047\] of tensor "0.weight" is NaN/,
  ),
  bad('nested.index', () => `{"weight_map":${deep(MIB / 2 - 20)}}`, /not a JSON object/),
  bad('nested-file.index', () => `{"weight_map":{"a":${deep(MIB / 2 - 20)}}}`, /into a list/),
  bad('quoted-pairs.csv', () => `a,y\n${'"a" '.repeat(MIB / 4)}`, /Line 2: /),
  bad('ragged-last.csv', () => `a,b,y\n${'1.5,-2,p\n1,2,q\n'.repeat(2e5)}1,p`, /Line 400002 has 2 cells/),
  bad('many-columns.csv', () => `${Array.from({ length: 1e5 }, (_, k) => `c${k}`).join()}\n`, /100000 columns/),
  ...LARGE_PARQUET.map(parquet),
  ...LARGE_NUMPY.map(([file, make, message]) => bad(file, make, message)),
  bad('spaces.npy', () => npy(`{${' '.repeat(60_000)}`, []), /not a description/),
  bad('nested.manifest', () => deep(MIB - 10), /not an object/),
  bad('nested-kind.manifest', () => manifest({}).replace('"classes"', deep(5e5)), /not a list/),
  bad('many-fields.manifest', () => `{${Array.from({ length: 1e5 }, (_, k) => `"${k}":1`).join()}}`, /lacks format/),
  bad('nested.edge', () => deep(45_000), /must be an object/),
];

/** Likewise: so large that each is measured in a process of its own. */
export const HUGE: CorpusCase[] = [
  bad('header-100mb.safetensors', () => safetensors(' '.repeat(100 * MIB)), /header claims 104857600 bytes; at most/),
  bad(
    'trailing-200mb.safetensors',
    () => safetensors('{}', new Uint8Array(200 * MIB)),
    /209715200 bytes after the last/,
  ),
  bad(
    'wide.model',
    () => safetensors(`{"0.weight":${entry('F16', [2 ** 26, 1], 0, 2 ** 27)}}`, new Uint8Array(2 ** 27)),
    /not 67108864/,
  ),
  bad('oversized.onnx', () => new Uint8Array(200 * MIB), /has 209715200 bytes; at most/),
  bad('small-fields.onnx', () => new Uint8Array(64 * MIB).fill(8), /has no graph/),
  bad('100mb.index', () => ' '.repeat(100 * MIB), /at most/),
  bad('oversized.csv', () => new Uint8Array(130 * MIB).fill(10), /at most 134217728/),
  bad('one-line.csv', () => new Uint8Array(100 * MIB).fill(0x2c), /Line 1 has 104857600 characters/),
  bad('line-breaks.csv', () => `a,y${'\n'.repeat(50 * MIB)}1,p`, /100000 lines are empty/),
  bad('quotes.csv', () => `a,y\n${'"'.repeat(50 * MIB)}`, /Line 2 has/),
  ...HUGE_PARQUET.map(parquet),
  bad(
    'truncated-200mb.npy',
    () => npy(npyHeader('<f8', [2 ** 25]), new Uint8Array(200 * MIB)),
    /takes 268435\d+ bytes/,
  ),
  bad('trailing-200mb.idx', () => idx(8, [1], new Uint8Array(200 * MIB)), /takes 9 bytes/),
  bad('100mb.manifest', () => ' '.repeat(100 * MIB), /at most/),
  bad('100mb.edge', () => ' '.repeat(100 * MIB), /too large/),
];

/** The reader that the name of a case asks for. */
export function parserOf({ file }: CorpusCase): Parser {
  return file.split('.').pop() as Parser;
}
