import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../../src/errors/InputError.ts';
import { compareSchemas } from '../../../src/model/compareSchemas.ts';
import { digitSchema } from '../../../src/model/digits.ts';
import {
  choosePicture,
  describePicture,
  formatPicture,
  type Picture,
  parsePicture,
  pictureOfSizes,
  pictureWidth,
} from '../../../src/model/pictures.ts';
import { formatSchema, parseSchema, pictureOf, type Schema, schemaShape } from '../../../src/model/schema.ts';
import { checkShard, makeShard } from '../../../src/model/shard.ts';
import { readShard, writeShard } from '../../../src/model/shardFile.ts';
import { tableFromArrays } from '../../../src/model/tables/arrays.ts';
import { applyDescription, applySchema, prepareDataset } from '../../../src/model/tables/dataset.ts';
import { readParquet } from '../../../src/model/tables/parquet.ts';
import type { RawTable } from '../../../src/model/tables/rawTable.ts';
import { applyTransforms, type PictureTransform, type Transform } from '../../../src/model/transforms.ts';

const about = { name: 'pictures', source: 'a test' };
const plain = (picture: Picture): PictureTransform => ({
  name: 'picture',
  ...picture,
  offset: Array(picture.channels).fill(0),
  factor: Array(picture.channels).fill(1),
});
const pictures = fc.record({
  side: fc.integer({ min: 1, max: 9 }),
  channels: fc.integer({ min: 1, max: 5 }),
  isLast: fc.boolean(),
  rows: fc.integer({ min: 1, max: 3 }),
});
/** The number of a pixel says where it is. */
const pixel = (r: number, c: number, y: number, x: number) => 1 + x + 10 * y + 100 * c + 1000 * r;

/** Rows of such numbers in the order of an array (rows, height, width, channels) or (rows, channels, height, width). */
function rowsOf({ side, channels, order }: Picture, rows: number): number[] {
  const out: number[] = [];
  const span = (n: number) => Array.from({ length: n }, (_, k) => k);
  for (const r of span(rows)) {
    if (order === 'HWC')
      for (const y of span(side))
        for (const x of span(side)) for (const c of span(channels)) out.push(pixel(r, c, y, x));
    else
      for (const c of span(channels))
        for (const y of span(side)) for (const x of span(side)) out.push(pixel(r, c, y, x));
  }
  return out;
}

describe('where a pixel goes', () => {
  it('is x + 2^n y + 4^n c, whatever the order of the row, and the rest is 0', () => {
    fc.assert(
      fc.property(pictures, ({ side, channels, isLast, rows }) => {
        const picture: Picture = { side, channels, order: isLast || channels === 1 ? 'HWC' : 'CHW' };
        const made = applyTransforms(rowsOf(picture, rows), side * side * channels, [plain(picture)]);
        const padded = 2 ** Math.ceil(Math.log2(side));
        assert.equal(made.inputs, channels * padded * padded);
        assert.equal(made.inputs, pictureWidth(picture));
        assert.equal(made.features.length, rows * made.inputs);
        made.features.forEach((value, k) => {
          const [r, j] = [Math.floor(k / made.inputs), k % made.inputs];
          const [x, y, c] = [j % padded, Math.floor(j / padded) % padded, Math.floor(j / padded ** 2)];
          assert.equal(value, x < side && y < side ? pixel(r, c, y, x) : 0);
        });
      }),
    );
  });

  it('is scaled by two numbers of its channel, and padding stays 0', () => {
    const transform: PictureTransform = {
      ...plain({ side: 3, channels: 2, order: 'CHW' }),
      offset: [1, 4],
      factor: [2, 3],
    };
    const { features } = applyTransforms(Array(18).fill(5), 18, [transform]);
    const line = (value: number) => [value, value, value, 0];
    const channel = (value: number) => [...line(value), ...line(value), ...line(value), 0, 0, 0, 0];
    assert.deepEqual([...features], [...channel(8), ...channel(3)]);
  });

  it('is told to people', () => {
    assert.equal(
      describePicture({ side: 28, channels: 1 }),
      '28x28x1; pixel (x, y) of channel c is input x + 32 y + 1024 c',
    );
  });
});

describe('what rows are pictures of', () => {
  it('is written in the order of the numbers', () => {
    const cases: [string, Picture, string?][] = [
      ['28x28', { side: 28, channels: 1, order: 'HWC' }, '28x28x1'],
      ['28x28x1', { side: 28, channels: 1, order: 'HWC' }],
      ['1x28x28', { side: 28, channels: 1, order: 'HWC' }, '28x28x1'],
      ['32x32x3', { side: 32, channels: 3, order: 'HWC' }],
      ['3x32x32', { side: 32, channels: 3, order: 'CHW' }],
      ['3x3x3', { side: 3, channels: 3, order: 'HWC' }],
      ['8x8x64', { side: 8, channels: 64, order: 'HWC' }],
    ];
    for (const [text, picture, written = text] of cases) {
      assert.deepEqual(parsePicture(text), picture);
      assert.equal(formatPicture(picture), written);
    }
  });

  it('is square and of a size that a network reads, or one error says what to do', () => {
    const refused: [string, RegExp, RegExp][] = [
      ['28x27', /28 pixels high and 27 wide/, /Crop them to 27x27, or pad them to 28x28/],
      ['3x24x32', /24 pixels high and 32 wide/, /Crop them to 24x24, or pad them to 32x32/],
      ['65x65', /side of 1 to 64 pixels, not 65/, /smaller/],
      ['0x0', /side of 1 to 64/, /smaller/],
      ['33x33x2', /take 8192 columns/, /smaller, or take fewer channels/],
      ['32x32x5', /take 5120 columns/, /fewer channels/],
      ['28', /no size of a picture/, /28x28x1/],
      ['28x28x1x1', /no size of a picture/, /3x32x32/],
    ];
    for (const [text, message, hint] of refused) {
      assert.throws(
        () => parsePicture(text),
        (error: Error & { hint?: string }) => {
          assert.match(error.message, message, text);
          assert.match(error.hint ?? '', hint, text);
          return true;
        },
      );
    }
  });

  it('is seen in the sizes of an array', () => {
    assert.deepEqual(pictureOfSizes([28, 28]), { height: 28, width: 28, channels: 1, order: 'HWC' });
    assert.deepEqual(pictureOfSizes([8, 8, 3]), { height: 8, width: 8, channels: 3, order: 'HWC' });
    assert.deepEqual(pictureOfSizes([3, 8, 8]), { height: 8, width: 8, channels: 3, order: 'CHW' });
    assert.deepEqual(pictureOfSizes([3, 8, 9]), { height: 8, width: 9, channels: 3, order: 'CHW' });
    assert.deepEqual(pictureOfSizes([8, 9, 3]), { height: 8, width: 9, channels: 3, order: 'HWC' });
    assert.equal(pictureOfSizes([3, 3, 3]).order, 'unclear');
  });

  it('comes from the file or from the option, which must agree', () => {
    const found = pictureOfSizes([3, 8, 8]);
    assert.deepEqual(choosePicture(undefined, found, 192), { side: 8, channels: 3, order: 'CHW' });
    assert.deepEqual(choosePicture(parsePicture('3x8x8'), found, 192), { side: 8, channels: 3, order: 'CHW' });
    assert.deepEqual(choosePicture(parsePicture('8x8x3'), undefined, 192), { side: 8, channels: 3, order: 'HWC' });
    assert.deepEqual(choosePicture(parsePicture('3x3x3'), pictureOfSizes([3, 3, 3]), 27).order, 'HWC');
    assert.throws(() => choosePicture(undefined, undefined, 192), /does not say how its rows of 192 numbers/);
    assert.throws(
      () => choosePicture(parsePicture('8x8x3'), found, 192),
      /has pictures of 3x8x8; --picture says 8x8x3/,
    );
    assert.throws(() => choosePicture(parsePicture('8x8'), undefined, 65), /8x8x1 has 64 numbers; the rows have 65/);
    assert.throws(() => choosePicture(undefined, pictureOfSizes([3, 3, 3]), 27), /may have either order/);
    assert.throws(() => choosePicture(undefined, pictureOfSizes([8, 7]), 56), /8 pixels high and 7 wide/);
  });
});

describe('a table of pictures', () => {
  const labels = { dimensions: [4], data: [0, 1, 1, 0] };
  const table = (dimensions: number[], data: ArrayLike<number>): RawTable =>
    tableFromArrays({ dimensions, data }, labels, { kind: 'classes' });
  const prepare = (raw: RawTable, options: object = {}) =>
    prepareDataset(raw, {
      ...about,
      shuffle: 'none',
      picture: choosePicture(undefined, raw.picture, raw.inputs),
      ...options,
    });
  const bytes = Array.from({ length: 4 * 9 }, (_, k) => (k * 37) % 256);

  it('takes pixels of 0 to 255 to 0 to 1 by a factor that all such tables share', () => {
    const { table: made, description, notes } = prepare(table([4, 3, 3], bytes));
    assert.deepEqual(description.schema.transforms, [
      { name: 'picture', side: 3, channels: 1, order: 'HWC', offset: [0], factor: [1 / 255] },
    ]);
    assert.equal(made.inputs, 16);
    assert.equal(made.features[5], Math.fround(bytes[4] / 255));
    assert.match(notes.join('\n'), /0 to 255 become 0 to 1/);
    assert.deepEqual(pictureOf(description.schema) && schemaShape(description.schema), { inputs: 16, outputs: 2 });
    const shard = makeShard(made, { first: 0, rows: 4 }, 1n, description.schema);
    checkShard(shard);
    assert.equal(shard.X[(5 << 2) + 0], Math.round((bytes[4] / 255) * 512));
    // numbers of one channel are the same in both orders, so that files in either have one schema
    const other = prepare(table([4, 1, 3, 3], bytes));
    assert.equal(formatSchema(other.description.schema), formatSchema(description.schema));
  });

  it('makes a shard that holds nothing beyond the pictures, and a file that does is refused', () => {
    const { table: made, description } = prepare(table([4, 3, 3], bytes));
    const whole = readShard(writeShard(makeShard(made, { first: 0, rows: 4 }, 1n, description.schema)));
    // x = 3 of line 0, and line 3
    for (const feature of [3, 12, 15]) {
      const shard = { ...whole, X: whole.X.slice() };
      shard.X[(feature << 2) + 2] = 256;
      assert.throws(() => checkShard(shard), new RegExp(`beyond them, feature ${feature} of row 2 is 0.5, not 0`));
      assert.throws(() => writeShard(shard), InputError);
      // without a schema nobody says that these are pictures
      checkShard({ ...shard, schema: undefined });
    }
  });

  it('leaves other numbers as they are', () => {
    const { description, notes } = prepare(
      table(
        [4, 3, 3],
        bytes.map((x) => x / 255),
      ),
    );
    assert.deepEqual(description.schema.transforms, [plain({ side: 3, channels: 1, order: 'HWC' })]);
    assert.deepEqual(notes, []);
  });

  it('scales each channel over all pixels of the rows of training', () => {
    for (const [order, dimensions] of [
      ['HWC', [4, 2, 2, 3]],
      ['CHW', [4, 3, 2, 2]],
    ] as const) {
      const data = rowsOf({ side: 2, channels: 3, order }, 4);
      const { description } = prepare(table([...dimensions], data), {
        scaling: 'min-max',
        training: { first: 1, rows: 2 },
      });
      const [transform] = description.schema.transforms;
      assert.ok(transform.name === 'picture' && transform.order === order);
      assert.deepEqual(
        transform.offset,
        [0, 1, 2].map((c) => pixel(1, c, 0, 0)),
      );
      assert.deepEqual(transform.factor, Array(3).fill(1 / 1011));
      const standard = prepare(table([...dimensions], data), { scaling: 'standard', clip: 1 });
      const [scaled, clip] = standard.description.schema.transforms;
      assert.ok(scaled.name === 'picture' && clip.name === 'clip');
      // of rows 0..3, lines 0..1, columns 0..1
      const of = (c: number) =>
        [0, 1, 2, 3].flatMap((r) => [0, 1].flatMap((y) => [0, 1].map((x) => pixel(r, c, y, x))));
      const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
      scaled.offset.forEach((offset, c) => {
        assert.ok(Math.abs(offset - mean(of(c))) < 1e-9);
        assert.ok(Math.abs(1 / scaled.factor[c] - Math.sqrt(mean(of(c).map((x) => (x - offset) ** 2)))) < 1e-9);
      });
    }
  });

  it('reads other rows alike, whichever order their file has', () => {
    const [last, first] = (['HWC', 'CHW'] as const).map((order) => rowsOf({ side: 4, channels: 2, order }, 4));
    const { table: made, description } = prepare(table([4, 4, 4, 2], last), { scaling: 'standard', shuffle: 7 });
    const again = applyDescription(table([4, 2, 4, 4], first), description);
    assert.deepEqual(again.features, made.features);
    const rows = applySchema(table([4, 4, 4, 2], last), description.schema);
    assert.deepEqual(applySchema(table([4, 2, 4, 4], first), description.schema).features, rows.features);
    assert.throws(() => applySchema(table([4, 2, 2, 8], last), description.schema), /2x2x8; 4x4x2 are taken/);
    // a flat array of as many columns has no order of its own
    assert.deepEqual(applySchema(table([4, 32], last), description.schema).features, rows.features);
  });

  it('fills gaps before the pixels are laid out', () => {
    const data = Float32Array.from(bytes, (x, k) => (k === 4 ? Number.NaN : x / 255));
    const { description } = prepare(table([4, 3, 3], data), { missing: 'mean' });
    assert.deepEqual(
      description.schema.transforms.map(({ name }) => name),
      ['fill', 'picture'],
    );
  });

  it('of images in Parquet has no names of columns, and finds them by what they are', () => {
    const folder = join(import.meta.dirname, '..', '..', 'corpus');
    const read = (name: string, options: object) =>
      readParquet(new Uint8Array(readFileSync(join(folder, name))), { ...options });
    const raw = read('pictures/hub-square.parquet', { label: 'label' });
    assert.deepEqual(raw.picture, { width: 8, height: 8, channels: 1, order: 'HWC' });
    const { description } = prepare(raw);
    assert.equal(description.schema.columns, 64);
    assert.deepEqual(read('pictures/hub-square.parquet', { images: true }).features, raw.features);
    assert.throws(() => prepare(read('parquet/hub-grey.parquet', { label: 'label' })), /4 pixels high and 5 wide/);
    assert.throws(() => read('parquet/snappy.parquet', { images: true }), /no column of images/);
  });
});

describe('a schema of pictures', () => {
  const schema = digitSchema({ pooled: false, picture: true });
  const withSteps = (...transforms: Transform[]): Schema => ({ ...schema, transforms });
  const [, own] = schema.transforms;

  it('has one text', () => {
    assert.deepEqual(parseSchema(formatSchema(schema)), schema);
    assert.deepEqual(schemaShape(schema), { inputs: 1024, outputs: 10 });
    assert.deepEqual(schemaShape(digitSchema({ pooled: true, picture: true })), { inputs: 64, outputs: 10 });
    assert.equal(pictureOf(digitSchema({ pooled: true, picture: true }))?.side, 7);
    assert.match(
      formatSchema(schema),
      /"transforms":\[\{"name":"scale","factor":[0-9.e-]+\},\{"name":"picture","side":28,"channels":1,"order":"HWC","offset":\[0\],"factor":\[1\]\}\]/,
    );
  });

  it('is laid out last, as a picture that fits', () => {
    assert.ok(own.name === 'picture');
    const refused: [Transform[], RegExp][] = [
      [[own, { name: 'scale', factor: 2 }], /laid out last/],
      [[own, own], /laid out last/],
      [[{ ...own, side: 27 }], /784 values are no pictures of 27x27x1/],
      [[{ ...own, side: 14, channels: 4, offset: [0], factor: [1] }], /no pictures of 14x14x4/],
      [[{ ...own, order: 'CHW' }], /one channel have the order HWC/],
      [[{ ...own, order: 'WHC' as 'HWC' }], /order of the transform picture is one of HWC, CHW/],
      [[{ ...own, side: 28.5 }], /side of 1 to 64 pixels/],
      [[{ ...own, side: 'a' as unknown as number }], /side of the transform picture is not a number/],
    ];
    for (const [transforms, message] of refused) assert.throws(() => formatSchema(withSteps(...transforms)), message);
    formatSchema(withSteps(own, { name: 'clip', limit: 1 }));
  });

  it('is compared in words', () => {
    assert.ok(own.name === 'picture');
    const other = withSteps({ ...own, offset: [0.5] });
    const [difference] = compareSchemas(withSteps(own), other);
    assert.equal(difference.what, 'scaling of features');
    assert.deepEqual(difference.a, ['pictures of 28x28x1', 'channel 1: (x - 0) * 1']);
  });
});
