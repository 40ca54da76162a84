import { resultFigure } from '../../../../components/ResultMarks.tsx';
import { devKeysInWords, SHARE_SIZE, shareImage } from '../../../../components/ShareImage.tsx';
import { readBenchmark } from '../../../../lib/chain/pages.ts';
import { plural, short } from '../../../../lib/format.ts';
import { safeText } from '../../../../lib/hostile.ts';
import { idIn } from '../../../../lib/ids.ts';
import { plainName } from '../../../../lib/names.ts';

export const size = SHARE_SIZE;
export const contentType = 'image/png';
export const alt = 'A benchmark in the Descent register';

interface Props {
  params: Promise<{ id: string }>;
}

export default async function Image({ params }: Props) {
  const id = idIn((await params).id);
  const view = id && (await readBenchmark(id));
  if (!view || 'missing' in view) return shareImage();
  const { config, board } = view;
  const { benchmark, entries } = board;
  const [best] = entries;
  return shareImage({
    kind: benchmark.sealed && !benchmark.sealed.opened ? 'Sealed benchmark, still closed' : 'Benchmark',
    title: short(benchmark.id),
    ...(benchmark.uri && { given: safeText(benchmark.uri) }),
    id: short(benchmark.id, 14, 10),
    lines: [
      `${plural(benchmark.rows, 'row')}, ${plural(benchmark.results, 'result')}`,
      ...(best ? [`Best: ${resultFigure(best.score)} by ${plainName(best.model)}`] : []),
    ],
    warnings: devKeysInWords(config),
  });
}
