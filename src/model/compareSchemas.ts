import { formatPicture } from './pictures.ts';
import { featureNames, outputNames, rawFeatureNames, type Schema, schemaShape } from './schema.ts';
import type { ShardKind } from './shape.ts';
import type { PictureTransform, Transform } from './transforms.ts';

/** One respect in which two schemas differ, with what each says, line by line. */
export interface SchemaDifference {
  what: string;
  /** Lines of the first schema. */
  a: string[];
  /** Lines of the second. */
  b: string[];
}

/**
 * How two schemas differ, for people; nothing where they are one. Line k of one side stands beside line k of the other.
 */
export function compareSchemas(a: Schema, b: Schema): SchemaDifference[] {
  const found: SchemaDifference[] = [];
  const add = (what: string, lines: (schema: Schema) => string[]) => {
    const [left, right] = [lines(a), lines(b)];
    if (left.length !== right.length || left.some((line, k) => line !== right[k]))
      found.push({ what, a: left, b: right });
  };
  add('what is predicted', ({ kind }) => [PREDICTED[kind]]);
  if (a.kind === b.kind) add(a.kind === 'regression' ? 'targets' : a.kind, outputLines);
  add('features', (schema) => {
    const names = rawFeatureNames(schema);
    return names ?? [`${schema.columns} without names`];
  });
  add('embedder, as declared', ({ embedder }) =>
    embedder === undefined ? ['none'] : [embedder.name, embedder.sha256 ?? 'no hash'],
  );
  // Six digits say enough unless two numbers differ behind them.
  const scaling = (of: (schema: Schema) => Scaled) => {
    const short = (schema: Schema) => transformLines(of(schema), (x) => `${Number(x.toPrecision(6))}`);
    const same = short(a).join('\n') === short(b).join('\n');
    return same ? (schema: Schema) => transformLines(of(schema), String) : short;
  };
  add('scaling of features', scaling(scaledFeatures));
  add('scaling of targets', scaling(scaledTargets));
  add('missing values', ({ missing }) => [missing]);
  add('decimal sign', ({ decimal }) => [decimal]);
  return found;
}

const PREDICTED: Record<ShardKind, string> = {
  classes: 'one of several classes',
  regression: 'numbers',
  labels: 'labels, any number a row',
};

interface Scaled {
  transforms: readonly Transform[];
  names: string[] | undefined;
}

function scaledFeatures(schema: Schema): Scaled {
  return { transforms: schema.transforms, names: featureNames(schema) };
}

function scaledTargets(schema: Schema): Scaled {
  return schema.kind === 'regression'
    ? { transforms: schema.targetTransforms, names: outputNames(schema) }
    : { transforms: [], names: undefined };
}

function outputLines(schema: Schema): string[] {
  return outputNames(schema) ?? [`${schemaShape(schema).outputs} without names`];
}

function transformLines({ transforms, names }: Scaled, number: (x: number) => string): string[] {
  if (transforms.length === 0) return ['none'];
  return transforms.flatMap((transform) => {
    if (transform.name === 'scale') return [`x * ${number(transform.factor)}`];
    if (transform.name === 'standardise') return [`(x - ${number(transform.mean)}) / ${number(transform.deviation)}`];
    if (transform.name === 'clip') return [`cut off at +-${number(transform.limit)}`];
    if (transform.name === 'average-pool') {
      return [`means of ${transform.size}x${transform.size} blocks of ${transform.height}x${transform.width} images`];
    }
    if (transform.name === 'unit-length') return ['each row divided by its length'];
    if (transform.name === 'picture') return pictureLines(transform, number);
    const name = (k: number) => names?.[k] ?? `feature ${k + 1}`;
    if (transform.name === 'fill') return transform.values.map((x, k) => `${name(k)}: ${number(x)} where missing`);
    return transform.offset.map((x, k) => `${name(k)}: (x - ${number(x)}) * ${number(transform.factor[k])}`);
  });
}

function pictureLines(picture: PictureTransform, number: (x: number) => string): string[] {
  const { offset, factor } = picture;
  const channels = offset.map((x, c) => `channel ${c + 1}: (x - ${number(x)}) * ${number(factor[c])}`);
  return [`pictures of ${formatPicture(picture)}`, ...channels];
}
