import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { readTensors, type Tensor, takeTensor, writeTensors } from '../../src/model/safetensors.ts';

/** A file with this header text and data, whatever they say. */
function file(header: string | Uint8Array, data: number[] = [], length?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (begin: number, end: number, shape = [end - begin], dtype = 'U8') =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

describe('safetensors', () => {
  it('reads what it writes', () => {
    const tensor = fc
      .record({
        dtype: fc.constantFrom('I64' as const, 'F32' as const, 'I16' as const, 'U8' as const),
        shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
      })
      .map(({ dtype, shape }): Tensor => {
        const size = shape.reduce((product, n) => product * n, { I64: 8, F32: 4, I16: 2, U8: 1 }[dtype]);
        return { dtype, shape, data: Uint8Array.from({ length: size }, (_, k) => (k * 37) % 256) };
      });
    const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__' && text.isWellFormed());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tensor)), fc.array(fc.tuple(name, name)), (tensors, metadata) => {
        const written = { tensors: new Map(tensors), metadata: new Map(metadata) };
        const bytes = writeTensors(written);
        const read = readTensors(bytes);
        assert.deepEqual(new Map([...read.metadata].sort()), new Map([...written.metadata].sort()));
        assert.equal(read.tensors.size, written.tensors.size);
        for (const [key, value] of written.tensors) {
          assert.deepEqual({ ...read.tensors.get(key)!, data: read.tensors.get(key)!.data.slice() }, value);
        }
        assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0, 'data begins aligned');
      }),
    );
  });

  it('reads a file at an odd offset of a larger buffer', () => {
    const bytes = writeTensors({
      tensors: new Map([['t', { dtype: 'I16', shape: [2], data: Uint8Array.of(1, 2, 3, 4) }]]),
      metadata: new Map(),
    });
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    assert.deepEqual([...readTensors(shifted.subarray(1)).tensors.get('t')!.data], [1, 2, 3, 4]);
  });

  const refused: [string, Uint8Array, RegExp][] = [
    ['no bytes', new Uint8Array(0), /at least 8 bytes, not 0/],
    ['a header length without end', file('{}', [], 2n ** 64n - 1n), /header claims 18446744073709551615 bytes/],
    ['a header just above the cap', file('{}', [], 2n ** 20n + 1n), /at most 1048576/],
    ['a header longer than the file', file('{}', [], 3n), /ends inside its header/],
    ['no JSON', file('{"a":'), /not JSON/],
    ['bytes that are no UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), /not JSON/],
    ['a header that is a list', file('[]'), /not a JSON object/],
    ['an entry that is no object', file('{"t":7}'), /"t" is not a JSON object/],
    ['metadata that is no object', file('{"__metadata__":"x"}'), /metadata is not a JSON object/],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), /Metadata "a" is not a string/],
    ['an unknown dtype', file(`{"t":${entry(0, 1, [1], 'Q4')}}`, [0]), /unknown dtype "Q4"/],
    ['a dtype of the prototype', file(`{"t":${entry(0, 1, [1], 'toString')}}`, [0]), /unknown dtype/],
    ['a negative size', file(`{"t":${entry(0, 1, [-1])}}`, [0]), /no valid shape/],
    ['a fractional size', file(`{"t":${entry(0, 1, [0.5])}}`, [0]), /no valid shape/],
    ['a size beyond doubles', file(`{"t":${entry(0, 1, [2 ** 40, 2 ** 40])}}`, [0]), /needs .* bytes of U8, not 1/],
    ['missing offsets', file('{"t":{"dtype":"U8","shape":[1]}}', [0]), /no valid data_offsets/],
    ['offsets backwards', file(`{"t":${entry(1, 0, [0])}}`, [0]), /lies at 1\.\.0/],
    ['offsets past the end', file(`{"t":${entry(0, 9)}}`, [0]), /lies at 0\.\.9 of 1 data bytes/],
    ['a size other than its offsets', file(`{"t":${entry(0, 2, [3])}}`, [0, 0]), /needs 3 bytes of U8, not 2/],
    ['tensors that overlap', file(`{"a":${entry(0, 2)},"b":${entry(1, 3)}}`, [0, 0, 0]), /"b" overlaps/],
    ['two tensors on the same bytes', file(`{"a":${entry(0, 2)},"b":${entry(0, 2)}}`, [0, 0]), /overlaps/],
    ['a gap', file(`{"a":${entry(0, 1)},"b":${entry(2, 3)}}`, [0, 0, 0]), /"b" leaves a gap/],
    ['bytes after the end', file(`{"a":${entry(0, 1)}}`, [0, 0]), /1 bytes after the last tensor/],
    ['the same tensor twice', file(`{"a":${entry(0, 1)},"a":${entry(0, 1)}}`, [0]), /names "a" twice/],
    ['the same tensor twice, escaped', file(`{"a":${entry(0, 1)},"\\u0061":${entry(0, 1)}}`, [0]), /names "a" twice/],
    ['the same metadata twice', file('{"__metadata__":{"k":"1","k":"2"}}'), /names "k" twice/],
  ];
  for (const [name, bytes, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => readTensors(bytes),
        (error: unknown) => error instanceof FileFormatError && message.test(error.message),
      );
    });
  }

  it('allows equal keys in different objects and quotes inside names', () => {
    const header = `{"__metadata__":{"dtype":"x","\\"}{":"dtype"},"a":${entry(0, 1)},"b":${entry(1, 2)}}`;
    assert.deepEqual([...readTensors(file(header, [1, 2])).tensors.keys()], ['a', 'b']);
  });

  it('answers a header of a million quotes or brackets quickly', () => {
    for (const text of ['"'.repeat(1e6), '['.repeat(1e6), `{"a":"${'\\"'.repeat(4e5)}"}`, `{"${' '.repeat(9e5)}":1}`]) {
      const start = performance.now();
      assert.throws(() => readTensors(file(text)), FileFormatError);
      assert.ok(performance.now() - start < 2000);
    }
  });

  it('throws nothing but FileFormatError on random bytes and random damage', () => {
    const good = writeTensors({
      tensors: new Map([
        ['a', { dtype: 'I64', shape: [2, 1], data: new Uint8Array(16) }],
        ['b', { dtype: 'I16', shape: [3], data: new Uint8Array(6) }],
      ]),
      metadata: new Map([['format', 'x']]),
    });
    const onlyFormatErrors = (bytes: Uint8Array) => {
      try {
        readTensors(bytes);
      } catch (error) {
        assert.ok(error instanceof FileFormatError, String(error));
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), onlyFormatErrors));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const bytes = good.slice();
        bytes[at] = value;
        onlyFormatErrors(bytes);
        assert.throws(() => readTensors(good.subarray(0, Math.min(length, good.length - 1))), FileFormatError);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes tensors only with the dtype and shape that were asked for', () => {
    const read = readTensors(file(`{"t":${entry(0, 2)}}`, [0, 0]));
    assert.equal(takeTensor(read, 't', 'U8', [2]).data.length, 2);
    assert.throws(() => takeTensor(read, 'u', 'U8', [2]), /"u" is missing/);
    assert.throws(() => takeTensor(read, 't', 'I8', [2]), /holds U8, expected I8/);
    assert.throws(() => takeTensor(read, 't', 'U8', [1, 2]), /has shape \[2\], expected \[1,2\]/);
  });
});
