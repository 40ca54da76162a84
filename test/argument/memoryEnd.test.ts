// A task of a kernel may end where its memory ends: nothing is read or written behind the last point.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { g1Wasm } from '../../src/generated/g1.wasm.ts';
import { g1LanesWasm } from '../../src/generated/g1Lanes.wasm.ts';
import { P, toBytes } from '../../src/numbers/field.ts';
import { decodeWasm } from '../../src/numbers/wasm.ts';

interface G1 {
  alloc(size: number): number;
  lookups(...args: number[]): void;
  memory: WebAssembly.Memory;
}

const PAGE = 65_536;
const ALIGNMENT = 64;

/** x and y of 2^256 times the generator's. */
const GENERATOR = [1n, 2n].map((x) => toBytes((x << 256n) % P));

/** 3 times the generator by `lookups`, whose own memory begins `pad` blocks further than it must. */
async function threefold(module: WebAssembly.Module, pad: number): Promise<string> {
  const { alloc, lookups, memory } = (await WebAssembly.instantiate(module, {})).exports as unknown as G1;
  alloc(pad * ALIGNMENT);
  const put = (bytes: Uint8Array) => {
    const at = alloc(bytes.length);
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    return at;
  };
  const points = put(Uint8Array.from(GENERATOR.flatMap((x) => [...x])));
  const heads = put(new Uint8Array(Uint32Array.of(0, 1).buffer));
  const values = put(new Uint8Array(Uint16Array.of(0).buffer));
  const scalars = put(toBytes(3n));
  const out = alloc(64);
  lookups(points, 1, heads, 1, values, 0, 1, -1, 0, scalars, out);
  return Buffer.from(memory.buffer, out, 64).toString('hex');
}

describe('a task whose last point ends with the memory', () => {
  for (const [name, wasm] of [
    ['without lanes', g1Wasm],
    ['in lanes', g1LanesWasm],
  ])
    it(`gives what any other gives, ${name}`, async () => {
      const module = await WebAssembly.compile(decodeWasm(wasm));
      const expected = await threefold(module, 0);
      for (let pad = 1; pad <= PAGE / ALIGNMENT; pad++) assert.equal(await threefold(module, pad), expected, `${pad}`);
    });
});
