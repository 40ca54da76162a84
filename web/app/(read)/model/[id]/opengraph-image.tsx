import { Mark } from '../../../../components/Mark.tsx';
import { marksOf } from '../../../../components/ResultMarks.tsx';
import { devKeysInWords, SHARE_SIZE, shareImage } from '../../../../components/ShareImage.tsx';
import { readModelView } from '../../../../lib/chain/queries.ts';
import type { Benchmark, Kind, Lineage, Model, Result } from '../../../../lib/chain/types.ts';
import { count, isHash, networkLabel, percent, plural, short } from '../../../../lib/format.ts';
import { benchmarkName, givenName } from '../../../../lib/names.ts';
import { proquint } from '../../../../lib/proquint.ts';

export const size = SHARE_SIZE;
export const contentType = 'image/png';
export const alt = 'A model in the Descent register';

const KINDS: Record<Kind, string> = {
  seed: 'Random starting weights',
  import: 'Declared import',
  train: 'Trained, proven',
  merge: 'Merged, proven',
  foreign: 'Of a foreign program',
};

interface Props {
  params: Promise<{ id: string }>;
}

/** The picture that a link to the model brings along. */
export default async function Image({ params }: Props) {
  const { id } = await params;
  const view = isHash(id) ? await readModelView(id.toLowerCase() as `0x${string}`) : undefined;
  if (!view || 'missing' in view) return shareImage();
  const { model, lineage, result, choice, config } = view;
  const given = givenName(model);
  return shareImage({
    mark: <Mark id={model.id} size={300} />,
    kind: KINDS[model.kind],
    title: proquint(model.id),
    ...(given && { given }),
    id: short(model.id, 14, 10),
    lines: [
      lineageInWords(model, lineage),
      ...(result && choice.benchmark ? [resultInWords(result, choice.benchmark)] : []),
    ],
    warnings: [...(result ? marksOf(result).map((mark) => `But ${mark}`) : []), ...devKeysInWords(config)],
  });
}

/** Over all parents of every merge. */
function lineageInWords(model: Model, { sums }: Lineage): string {
  return `${shapeInWords(model)}, ${plural(sums.ancestors, 'ancestor')} by ${plural(sums.edges, 'edge')}`;
}

/** What a convolutional network is called does not fit: it is one long word. */
function shapeInWords(model: Model): string {
  const { network, widths, head } = model;
  if (network === undefined) return networkLabel(model);
  const layers = plural(widths.length - 1, 'layer');
  return `Network of ${layers} on pictures of ${network.split('-')[0]}${head === 'squared error' ? '' : `, ${head}`}`;
}

/** A result with the benchmark that it is of. */
function resultInWords({ right, error, rows }: Result, benchmark: Benchmark): string {
  const figure =
    right === undefined ? `Mean squared error ${(error ?? 0).toFixed(4)}` : `${percent(right / rows)} right`;
  return `${figure} of ${count(rows)} rows of ${benchmarkName(benchmark)}`;
}
